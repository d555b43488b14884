// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageTest {
    private static final String CASES =
            """
                    nonsense                                   | Unmatched argument at index 0: 'nonsense'
                    classify                                   | Missing required parameter: 'IMAGE'
                    classify a.jpg --modle x                   | Unknown option: '--modle'
                    classify a.jpg --top-k 0                   | '0' is not a whole number from 1 on
                    classify a.jpg --top-k x                   | 'x' is not a whole number from 1 on
                    classify a.jpg --threads -1                | '-1' is not a whole number from 1 on
                    classify a.jpg --threads 2000             | '2000' is more than 1024
                    classify a.jpg --device gpu                | 'gpu' is none of auto, cpu, cpu:TIER, reference, cuda, cuda:N
                    classify a.jpg --device cuda:x             | 'cuda:x' is none of auto, cpu, cpu:TIER, reference, cuda, cuda:N
                    classify a.jpg --model                     | Missing required parameter for option '--model'
                    classify a.jpg --model tiny-vit --model x  | option '--model' (MODEL) should be specified only once
                    classify - - --model tiny-vit --device reference | standard input (-) can be read only once
                    classify a.jpg --model=                    | the model's name is empty
                    zero-shot a.jpg                            | Missing required argument (specify one of these)
                    zero-shot --labels a,b                     | Missing required parameter: 'IMAGE'
                    zero-shot --label a b.jpg                  | Missing required parameter: 'IMAGE'
                    zero-shot a.jpg --label                    | --label needs a label
                    zero-shot a.jpg --labels ,                 | there are no labels
                    zero-shot a.jpg --labels a --label b       | --labels, --label and --labels-file exclude each other
                    zero-shot a.jpg --labels a --template b    | --template "b" has no {} for the label
                    embed                                      | Missing required argument (specify one of these)
                    embed --text a --output b.txt              | --output must end in .jsonl, .npy or .safetensors
                    embed --image - --image -                  | standard input (-) can be read only once
                    run --model tiny-vit                       | Missing required options: '--input=FILE', '--output=FILE'
                    preprocess a.jpg --output b.safetensors    | Missing required option: '--model=MODEL'
                    tokenize --model tiny-align                | there is no text: give --text or --file
                    tokenize --text a                          | Missing required option: '--model=MODEL'
                    inspect                                    | Missing required parameter: 'MODEL
                    bench --batch 0                            | '0' is not a whole number from 1 on
                    bench --runs 0                             | '0' is not a whole number from 1 on
                    bench --warmup -1                          | --warmup must be at least 0, not -1
                    bench --part both                          | expected one of [image, text]
                    profile --warmup -1                        | --warmup must be at least 0, not -1
                    explain --text-length 0                    | '0' is not a whole number from 1 on
                    serve --port 70000                         | --port must be from 0 to 65535, not 70000
                    serve --tls-cert a.pem                     | --tls-cert and --tls-key belong together
                    serve --timeout 0                          | '0' is not a whole number from 1 on
                    completion fish                            | expected one of [bash, zsh]
                    """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            textBlock = CASES)
    void aWrongCommandLineIsExplained(String line, String complaint) {
        var result = Cli.run((Object[]) line.strip().split(" "));
        assertEquals(2, result.code());
        assertEquals("", result.out());
        assertTrue(result.errLines().getFirst().startsWith("avocet: "), result.err());
        assertTrue(result.errLines().getFirst().contains(complaint), result.err());
        assertTrue(result.errLines().getLast().matches("See: avocet( [a-z-]+)? --help"), result.err());
    }

    @Test
    void aMistypedOptionBringsTheRightOneToMind() {
        assertTrue(Cli.run("classify", "a.jpg", "--modle", "x").err().contains("--model"));
        assertTrue(Cli.run("clasify", "a.jpg").err().contains("classify"));
    }
}
