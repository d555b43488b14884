// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.time.Duration;
import java.util.Locale;

/** Amounts in the units that people read. */
final class Sizes {
    private Sizes() {}

    /** Bytes in decimal units, as the hub and disks count: {@code 690 MB}. */
    static String bytes(long count) {
        return scaled(count, "B", "kB", "MB", "GB", "TB");
    }

    /** How many of something: {@code 1.21 million}. */
    static String count(long count) {
        return scaled(count, "", "thousand", "million", "billion").strip();
    }

    /** A time that is only known roughly: {@code 12 s}. */
    static String about(Duration time) {
        long millis = Math.max(1, time.toMillis());
        if (millis < 1000) {
            return millis + " ms";
        }
        return millis < 120_000 ? Math.round(millis / 1000.0) + " s" : Math.round(millis / 60_000.0) + " min";
    }

    private static String scaled(long count, String... units) {
        double value = count;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        var format = unit == 0 || value >= 99.95 ? "%.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s";
        return String.format(Locale.ROOT, format, value, units[unit]);
    }
}
