// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizeTest {
    private static final String A_CAT = "{\"input_ids\":[2,23,325,3],\"attention_mask\":[1,1,1,1]}";

    @Test
    void eachTextIsALineWithItsIds() {
        var result = Cli.ok("tokenize", "--model", "tiny-align", "--text", "a cat", "--text", "A Cat", "--text", "");
        assertEquals(A_CAT + "\n" + A_CAT + "\n{\"input_ids\":[2,3],\"attention_mask\":[1,1]}\n", result.out());
    }

    @Test
    void longTextsAreWholeWithoutPadAndCutWithIt() {
        var text = "cat ".repeat(100);
        var whole = Cli.ok("tokenize", "--model", "tiny-align", "--text", text).json().getFirst();
        assertEquals(102, whole.get("input_ids").size());
        var cut = Cli.ok("tokenize", "--model", "tiny-align", "--text", text, "--pad").json().getFirst();
        assertEquals(64, cut.get("input_ids").size());
        assertEquals(3, cut.get("input_ids").get(63).asInt());
        assertEquals(1, cut.get("attention_mask").get(63).asInt());
    }

    @Test
    void alignPadsTo64() {
        var padded = Cli.ok("tokenize", "--model", "tiny-align", "--text", "a cat", "--pad").json().getFirst();
        assertEquals(64, padded.get("input_ids").size());
        assertEquals(64, padded.get("attention_mask").size());
        assertEquals(0, padded.get("input_ids").get(4).asInt());
        assertEquals(1, padded.get("attention_mask").get(3).asInt());
        assertEquals(0, padded.get("attention_mask").get(4).asInt());
    }

    @Test
    void alignPadsTo64EvenWhereTheModelHasFewerPositions(@TempDir Path folder) throws IOException {
        Files.copy(Cli.MODELS.resolve("tiny-align/vocab.txt"), folder.resolve("vocab.txt"));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"BertTokenizer\"}");
        Files.writeString(folder.resolve("config.json"),
                "{\"model_type\": \"align\", \"text_config\": {\"max_position_embeddings\": 40}}");
        assertEquals(64, paddedLength(folder));
    }

    @Test
    void otherModelsPadToTheirLongest(@TempDir Path folder) throws IOException {
        Files.copy(Cli.MODELS.resolve("tiny-align/vocab.txt"), folder.resolve("vocab.txt"));
        var settings = folder.resolve("tokenizer_config.json");
        Files.writeString(settings, "{\"tokenizer_class\": \"BertTokenizer\", \"model_max_length\": 20}");
        assertEquals(20, paddedLength(folder));
        Files.writeString(settings, "{\"tokenizer_class\": \"BertTokenizer\"}");
        var unknown = Cli.run("tokenize", "--model", folder, "--text", "a cat", "--pad");
        assertEquals(1, unknown.code());
        assertTrue(unknown.complaint().endsWith("says how long texts may be; leave out --pad"), unknown.err());
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\", \"max_position_embeddings\": 30}");
        assertEquals(30, paddedLength(folder));
    }

    private static int paddedLength(Path model) {
        var line = Cli.ok("tokenize", "--model", model, "--text", "a cat", "--pad").json().getFirst();
        return line.get("input_ids").size();
    }

    @Test
    void aFileHasAStringOnEachLine(@TempDir Path folder) throws IOException {
        var file =
                Files.writeString(folder.resolve("texts.jsonl"), "\"a cat\"\n\n  \"\\u0061 C\\u0041T\"  \r\n\"a cat\"");
        var expected = (A_CAT + "\n").repeat(3);
        assertEquals(expected, Cli.ok("tokenize", "--model", "tiny-align", "--file", file).out());
        assertEquals(expected,
                Cli.withInput(Files.readAllBytes(file), "tokenize", "--model", "tiny-align", "--file", "-").out());
        assertEquals(A_CAT + "\n" + expected,
                Cli.ok("tokenize", "--model", "tiny-align", "--file", file, "--text", "a cat").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a cat", "{\"text\": \"a cat\"}", "\"a\" \"cat\"", "\"a cat", "[\"a cat\"]", "1"})
    void aLineThatIsNotAStringIsNamed(String line) {
        var input = ("\"a cat\"\n" + line + "\n").getBytes(StandardCharsets.UTF_8);
        var result = Cli.withInput(input, "tokenize", "--model", "tiny-align", "--file", "-");
        assertEquals(1, result.code());
        assertTrue(result.complaint().startsWith("standard input, line 2 is not "), result.err());
        assertEquals(A_CAT + "\n", result.out());
    }

    @Test
    void aFileThatIsNotUtf8IsOneLine() {
        var input = "\"caf\u00e9\"\n".getBytes(StandardCharsets.ISO_8859_1);
        var result = Cli.withInput(input, "tokenize", "--model", "tiny-align", "--file", "-");
        assertEquals(1, result.code());
        assertEquals("standard input: after line 0 it is not UTF-8; save it as UTF-8", result.complaint());
    }

    @Test
    void aTextMayBeginWithAnAtSign() {
        assertEquals(4, Cli.ok("tokenize", "--model", "tiny-align", "--text", "@x").json().getFirst()
                .get("input_ids").size());
    }
}
