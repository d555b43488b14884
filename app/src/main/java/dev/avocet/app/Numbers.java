// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.util.Locale;

/** Numbers in a width that tables have room for. */
final class Numbers {
    private Numbers() {}

    /** Up to four significant digits behind the point, whole numbers as such, what is very small or large by its exponent. */
    static String shortest(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e15) {
            return String.format(Locale.ROOT, "%d", (long) value);
        }
        if (size >= 1e7 || size < 1e-4) {
            return String.format(Locale.ROOT, "%.3g", value);
        }
        return String.format(Locale.ROOT, size >= 1000 ? "%.1f" : size >= 10 ? "%.2f" : "%.4f", value);
    }
}
