// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"0, 0 B", "999, 999 B", "1000, 1.00 kB", "999499, 999 kB", "999600, 1.00 MB", "689695060, 690 MB",
        "1218863008, 1.22 GB"})
    void bytesHaveThreeDigitsAndADecimalUnit(long count, String text) {
        assertEquals(text, Sizes.bytes(count));
    }

    @ParameterizedTest
    @CsvSource({"7, 7", "116240, 116 thousand", "1205898, 1.21 million", "304715752, 305 million"})
    void countsAreInWords(long count, String text) {
        assertEquals(text, Sizes.count(count));
    }

    @ParameterizedTest
    @CsvSource({"0, 1 ms", "50, 50 ms", "1500, 2 s", "119000, 119 s", "600000, 10 min"})
    void roughTimesAreRound(long millis, String text) {
        assertEquals(text, Sizes.about(Duration.ofMillis(millis)));
    }
}
