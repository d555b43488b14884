// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodePointsTest {
    private static final int BLOCK = 4096;

    @ParameterizedTest
    @CsvSource(nullValues = "null", value = {
        "uncased, true, true, null, true",
        "cased, true, true, null, false",
        "accents-kept, false, false, false, true",
        "accents-stripped, false, true, true, false"})
    void everyCodePointIsNormalizedAndSplitIntoWordsAsHuggingFaceDoesIt(
            String name, boolean clean, boolean ideographs, Boolean strip, boolean lowercase) throws IOException {
        var normalizer = new Normalizer(new Normalizer.Settings(clean, ideographs, strip, lowercase));
        var goldens = goldens(name);
        assertEquals((Character.MAX_CODE_POINT + 1) / BLOCK, goldens.size());
        for (var golden : goldens) {
            var fields = golden.split(" ", -1);
            int start = Integer.parseInt(fields[1], 16);
            var normal = normalized(normalizer, text(start));
            var checksum = new CRC32();
            checksum.update(normal.toString().getBytes(StandardCharsets.UTF_8));
            var range = "%s, U+%04X to U+%04X".formatted(name, start, start + BLOCK - 1);
            assertEquals(fields[2], "%08x".formatted(checksum.getValue()), range);
            assertEquals(Integer.parseInt(fields[3]), words(normal), "words of " + range);
        }
    }

    @Test
    void whatNormalizationKnowsOfSingleCharacters() {
        var uncased = new Normalizer(new Normalizer.Settings(true, true, null, true));
        var accentsKept = new Normalizer(new Normalizer.Settings(true, true, false, true));
        assertEquals("istanbul", normalized(uncased, "\u0130STANBUL").toString());
        assertEquals("i\u0307stanbul", normalized(accentsKept, "\u0130STANBUL").toString());
        // A final sigma is lower case already; a capital one does not look at its neighbours.
        assertEquals("σοφοσ σοφος", normalized(uncased, "ΣΟΦΟΣ σοφος").toString());
        assertEquals("\u1112\u1161\u11ab", normalized(uncased, "한").toString());
        assertEquals(" 中  \u8c48 ", normalized(uncased, "中\uf900").toString());
    }

    private static List<String> goldens(String name) throws IOException {
        try (var lines = Files.lines(Goldens.path("/tokenizer/code-points.txt"))) {
            return lines.filter(line -> line.startsWith(name + " ")).toList();
        }
    }

    /** Each code point alone in a word, between accents, and between marks that normalization puts in another order. */
    private static String text(int start) {
        var text = new StringBuilder();
        for (int i = start; i < start + BLOCK; i++) {
            if (i < Character.MIN_SURROGATE || i > Character.MAX_SURROGATE) {
                var c = Character.toString(i);
                text.append('a').append(c).append("B ").append(c).append('\u0301').append(c)
                        .append(" \u0915\ud834\udd65").append(c).append('\u302e').append(c)
                        .append("\ud834\udd65").append(c).append("\ud834\udd66 ");
            }
        }
        return text.toString();
    }

    private static Chars normalized(Normalizer normalizer, String text) {
        var normal = new Chars(16);
        normalizer.normalize(text, 0, text.length(), normal);
        return normal;
    }

    /** With a vocabulary that knows no word, each word is one unknown token. */
    private static int words(Chars normal) {
        var ids = new Ids(16, Ids.MOST);
        new WordPiece(Map.of("[UNK]", 0), new WordPiece.Settings("[UNK]", "##", 100)).tokenize(normal.units, 0,
                normal.length, ids);
        return ids.size();
    }
}
