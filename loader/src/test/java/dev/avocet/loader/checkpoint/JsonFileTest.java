// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON files beside the weights: read as every careful reader would, or refused with the place of the mistake. */
class JsonFileTest {
    @TempDir
    Path folder;

    @Test
    void valuesAreOfTheirKindAndKeysInOrder() throws IOException {
        var object = read("""
                {"z": 1, "a": -0, "big": 18446744073709551616, "eps": 1e-12, "whole": 2.0, "e": 2E+3,
                 "t": true, "f": false, "n": null, "text": "\\u00e9\\ud83d\\ude00 \\"\\\\\\/\\b\\f\\n\\r\\t",
                 "list": [1, [], {}], "": {"id2label": {"0": "tench"}}}
                """);
        assertEquals(List.of("z", "a", "big", "eps", "whole", "e", "t", "f", "n", "text", "list", ""),
                List.copyOf(object.keySet()));
        assertEquals(1L, object.get("z"));
        assertEquals(0L, object.get("a"));
        assertEquals(BigInteger.TWO.pow(64), object.get("big"));
        assertEquals(1e-12, object.get("eps"));
        assertEquals(2.0, object.get("whole"));
        assertEquals(2000.0, object.get("e"));
        assertEquals(Arrays.asList(true, false, null),
                Arrays.asList(object.get("t"), object.get("f"), object.get("n")));
        assertEquals("\u00e9\ud83d\ude00 \"\\/\b\f\n\r\t", object.get("text"));
        assertEquals(List.of(1L, List.of(), Map.of()), object.get("list"));
        assertEquals(Map.of("id2label", Map.of("0", "tench")), object.get(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "-9223372036854775808"})
    void theLargestIntegersAreLongs(String digits) throws IOException {
        assertEquals(Long.valueOf(digits), read("{\"n\":" + digits + "}").get("n"));
    }

    @Test
    void nothingReadCanBeChanged() throws IOException {
        var object = read("{\"list\": [1]}");
        assertThrows(UnsupportedOperationException.class, () -> object.put("x", 1));
        assertThrows(UnsupportedOperationException.class, () -> ((List<?>) object.get("list")).clear());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": 1, "b": {"c": 1, "c": 2}}  | DUPLICATE_KEY | the key "c" twice         | 1 | 27
            {"a": 1, "\\u0061": 2}           | DUPLICATE_KEY | the key "a" twice         | 1 | 18
            {"a": 1,@ "b": 2,@ }             | BAD_JSON      | '}' in place of a key     | 3 | 2
            {"a": [1,@ 2@ 3]}                | BAD_JSON      | '3' in place of a comma   | 3 | 2
            {"a": NaN}                       | BAD_JSON      | "NaN" in place of a value | 1 | 7
            {"a": -Infinity}                 | BAD_JSON      | "-Infinity"               | 1 | 7
            {"a": 1e400}                     | BAD_JSON      | range of a double         | 1 | 7
            {"a": .5}                        | BAD_JSON      | ".5"                      | 1 | 7
            {"a": 5.}                        | BAD_JSON      | "5."                      | 1 | 7
            {"a": 1e}                        | BAD_JSON      | "1e"                      | 1 | 7
            {"a": 1e+}                       | BAD_JSON      | "1e+"                     | 1 | 7
            {"a": -}                         | BAD_JSON      | "-"                       | 1 | 7
            {"a": 01}                        | BAD_JSON      | "01"                      | 1 | 7
            {"a": -01}                       | BAD_JSON      | "-01"                     | 1 | 7
            {"a": +1}                        | BAD_JSON      | "+1"                      | 1 | 7
            {"a": 1_000}                     | BAD_JSON      | "1_000"                   | 1 | 7
            {"a": nul}                       | BAD_JSON      | "nul"                     | 1 | 7
            {"a": "\\ud800x"}                | BAD_JSON      | surrogate                 | 1 | 14
            {"a": "\\u12g4"}                 | BAD_JSON      | hexadecimal               | 1 | 8
            {"a": "\\u\u0661\u0662\u0663\u0664"} | BAD_JSON  | hexadecimal               | 1 | 8
            {"a": "\\a"}                     | BAD_JSON      | escape                    | 1 | 8
            {"\u00e9\ud83d\ude00": ?}        | BAD_JSON      | '?' in place of a value   | 1 | 8
            {"a": 1} {}                      | BAD_JSON      | after its end             | 1 | 10
            {"a": "x                         | BAD_JSON      | ends too early            | 1 | 9
            {"a": 1                          | BAD_JSON      | ends too early            | 1 | 8
            {"a" 1}                          | BAD_JSON      | colon                     | 1 | 6
            {"a": {]}                        | BAD_JSON      | ']' in place of a key     | 1 | 8
            {"a": [}]                        | BAD_JSON      | '}' in place of a value   | 1 | 8
            [1]                              | BAD_JSON      | not one JSON object       | 1 | 2
            """)
    void aMistakeIsNamedWithItsPlace(String json, Code code, String reason, int line, int column) throws IOException {
        var refusal = assertThrows(CheckpointException.class, () -> read(json.replace('@', '\n')));
        assertEquals(code, refusal.code(), refusal.getMessage());
        assertEquals(folder.resolve("config.json"), refusal.file());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("at line " + line + ", column " + column + ";"), refusal.getMessage());
    }

    @Test
    void depthAndSizeAreBounded() throws IOException {
        assertEquals(Code.BAD_JSON, codeOf("{\"a\":" + "[".repeat(64)));
        assertEquals(Code.BAD_JSON, codeOf("{\"a\":[" + "0,".repeat(4_000_000) + "0]}"));
        assertEquals(Code.BAD_JSON, codeOf("{\"a\":" + "1".repeat(100_000) + "}"));
        assertEquals(Map.of("a", List.of(List.of(List.of()))), read("{\"a\":[[[]]]}"));
        try (var file = new RandomAccessFile(folder.resolve("config.json").toFile(), "rw")) {
            file.setLength((64 << 20) + 1);
        }
        var refusal = assertThrows(CheckpointException.class, () -> JsonFile.read(folder.resolve("config.json")));
        assertTrue(refusal.getMessage().contains("67108865 bytes"), refusal.getMessage());
    }

    @Test
    void aFileThatIsNotUtf8IsRefused() throws IOException {
        Bytes.write(folder, "config.json", new byte[] {'{', '"', (byte) 0xe9, '"', ':', '1', '}'});
        var refusal = assertThrows(CheckpointException.class, () -> JsonFile.read(folder.resolve("config.json")));
        assertEquals(Code.BAD_JSON, refusal.code());
        assertTrue(refusal.getMessage().contains("is not UTF-8, at line 1, column 3"), refusal.getMessage());
    }

    @Test
    void aMissingFileIsNamed() {
        var refusal = assertThrows(CheckpointException.class, () -> JsonFile.read(folder.resolve("config.json")));
        assertEquals(Code.NOT_FOUND, refusal.code());
    }

    private Map<String, Object> read(String json) throws IOException {
        return JsonFile.read(Bytes.write(folder, "config.json", json));
    }

    private Code codeOf(String json) {
        return assertThrows(CheckpointException.class, () -> read(json)).code();
    }
}
