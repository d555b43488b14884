// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {
    private static final String CASES =
            """
                    classify a.jpg --model tiny-vti | there is no model "tiny-vti": neither a path nor a bundled model (tiny-vit
                    classify a.jpg --model a/b | a/b is not complete in the cache target/no-cache/models--a--b, and the network is not to
                    classify a.jpg --model a/b@refs/pr/2 | a/b@refs/pr/2 is not complete in the cache
                    classify a.jpg --model src/tiny-vit | there is no src/tiny-vit in the folder src; check the path
                    classify a.jpg --model a/b/c | there is no model "a/b/c": neither a path nor a bundled model
                    download a--b/c | "a--b/c" is no name of a repository on the hub; write owner/name
                    verify tiny-vit | no published values of "tiny-vit" come with Avocet, only of align-base
                    classify a.jpg --model ./nowhere | ./nowhere does not exist; check the path of the model
                    classify a.jpg --model /no/where | /no/where does not exist; check the path of the model
                    classify a.jpg --model ./tiny-vit | ./tiny-vit does not exist; check the path of the model
                    classify a.jpg --model pom.xml | pom.xml is not a folder; --model takes the folder with config.json
                    classify a.jpg --model tiny-vit --device cuda | the device cuda can't be used: there is no backend "cuda"
                    bench --model tiny-vit --batch 1000000 --device reference | a batch of 1000000 is too large for one run; give a smaller --batch
                    inspect nowhere | there is no model "nowhere": neither a path nor a bundled model (tiny-vit, tiny-align)
                    inspect pom.xml | pom.xml
                    tokenize --model tiny-vit --text a | the folder has no tokenizer
                    tokenize --model tiny-align --file nowhere | nowhere does not exist; --file takes a text file with a JSON
                    zero-shot a.jpg --labels-file nowhere | nowhere does not exist; --labels-file takes a text file with a label
                    run --model tiny-vit --input nowhere --output x.safetensors | nowhere
                    run --model tiny-vit --input x --output no/where/x | no/where/x can't be written: there is no folder
                    run --model tiny-vit --input x --output src | src is a folder; name a file to write to
                    run --model tiny-vit --input x --output /dev/null | /dev/null is a pipe or a device; name a regular file
                    preprocess a.jpg --model tiny-vit --output no/where/x | can't be written: there is no folder
                    embed --text a --output no/where/x.npy | can't be written: there is no folder
                    embed --text a --output no/where/x.jsonl | can't be written: there is no folder
                    """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            textBlock = CASES)
    void aFailureIsOneLineThatSaysWhatToDo(String line, String complaint) {
        var result = Cli.run((Object[]) line.strip().split(" "));
        assertEquals(1, result.code(), result.err());
        assertEquals("", result.out());
        assertTrue(result.complaint().contains(complaint), result.err());
    }

    @Test
    void aModelForAnotherTaskIsNamed() {
        var cat = Cli.SAMPLES.resolve("cat.jpg");
        var classifier = Cli.run("classify", cat, "--model", "tiny-align", "--device", Cli.DEVICE);
        assertEquals(1, classifier.code());
        assertTrue(classifier.complaint().contains("a model of type \"align\"; wanted \"vit\""), classifier.err());
        var align = Cli.run("zero-shot", cat, "--labels", "a", "--model", "tiny-vit", "--device", Cli.DEVICE);
        assertEquals(1, align.code());
        assertTrue(align.complaint().contains("a model of type \"vit\"; wanted \"align\""), align.err());
    }

    @Test
    void weightsOfTensorflowNameWhatToTakeInstead(@TempDir Path folder) throws IOException {
        Files.copy(Cli.GOLDEN.resolve("vit-square/config.json"), folder.resolve("config.json"));
        Files.writeString(folder.resolve("model.ckpt.index"), "");
        var result = Cli.run("classify", "a.jpg", "--model", folder, "--device", Cli.DEVICE);
        assertEquals(1, result.code());
        assertTrue(result.complaint().contains("model.ckpt.index, a TensorFlow checkpoint, which Avocet does not read; "
                + "take the same model in Hugging Face's format: kakaobrain/align-base"), result.err());
    }

    @Test
    void onlyVerboseShowsWhereAnErrorComesFrom() {
        var quiet = Cli.run("classify", "a.jpg", "--model", "nowhere");
        var verbose = Cli.run("classify", "a.jpg", "--model", "nowhere", "--verbose");
        assertFalse(quiet.err().contains("\tat "), quiet.err());
        assertTrue(verbose.err().contains("\tat dev.avocet.app."), verbose.err());
        assertEquals(quiet.errLines().getFirst(), verbose.errLines().getFirst());
    }

    @Test
    void onlyVerboseShowsTheLog() {
        var cat = Cli.SAMPLES.resolve("cat.jpg");
        assertEquals("", Cli.run("classify", cat, "--model", "tiny-vit", "--device", Cli.DEVICE).err());
        var verbose = Cli.run("classify", cat, "--model", "tiny-vit", "--device", Cli.DEVICE, "--verbose");
        assertTrue(verbose.err().contains("avocet: debug: using " + Cli.DEVICE), verbose.err());
    }
}
