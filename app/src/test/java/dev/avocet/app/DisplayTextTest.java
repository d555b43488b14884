// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DisplayTextTest {
    @ParameterizedTest
    @CsvSource({"cat, 3", "été, 3", "e\u0301te\u0301, 3", "日本, 4", "한국, 4", "ｗｉｄｅ, 8", "🐈, 2", "👩\u200D🚀, 2",
        "👍🏽, 2", "कुत्ता, 4"})
    void widthCountsTheColumnsOfATerminal(String text, int columns) {
        assertEquals(columns, DisplayText.width(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cat", "日本語日本語日本語", "🐈🐈🐈🐈🐈🐈", "a long label, indeed"})
    void fitGivesExactlyTheColumnsAskedFor(String text) {
        for (int columns = 5; columns < 12; columns++) {
            assertEquals(columns, DisplayText.width(DisplayText.fit(text, columns)), text);
        }
    }

    @Test
    void aCutTextSaysSo() {
        assertEquals("tabby, ...", DisplayText.fit("tabby, tabby cat", 10));
        assertEquals("日... ", DisplayText.fit("日本語日本語", 6));
    }

    @Test
    void whatATerminalWouldActUponIsEscaped() {
        assertEquals("a\\u001b[31mb\\u0007\\u202ec", DisplayText.clean("a\u001b[31mb\u0007\u202Ec"));
        assertEquals("two\\u000alines", DisplayText.clean("two\nlines"));
        var harmless = "été 日本 👩\u200D🚀 \"quoted\" back\\slash";
        assertEquals(harmless, DisplayText.clean(harmless));
        assertTrue(DisplayText.clean("\uD83D").startsWith("\\ud83d"));
    }
}
