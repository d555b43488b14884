// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

/** Text as a terminal shows it: in columns, and without characters that a terminal would act upon. */
final class DisplayText {
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private DisplayText() {}

    /** The text with control and direction characters escaped: names of files and labels come from strangers. */
    static String clean(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (isHarmless(point)) {
                clean.appendCodePoint(point);
            } else {
                clean.append("\\u%04x".formatted(point));
            }
        });
        return clean.toString();
    }

    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                false;
            case Character.FORMAT -> point == ZERO_WIDTH_JOINER;
            default -> true;
        };
    }

    /** The columns that the text takes in a terminal with fixed-width type. */
    static int width(String text) {
        int width = 0;
        int previous = 0;
        for (int point : text.codePoints().toArray()) {
            width += previous == ZERO_WIDTH_JOINER ? 0 : width(point);
            previous = point;
        }
        return width;
    }

    private static int width(int point) {
        int type = Character.getType(point);
        boolean combines = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK
                || type == Character.FORMAT || Character.isEmojiModifier(point);
        if (combines) {
            return 0;
        }
        return isWide(point) ? 2 : 1;
    }

    /** Roughly the wide and full-width characters of Unicode's East Asian Width (UAX 11). */
    private static boolean isWide(int point) {
        return Character.isIdeographic(point)
                || Character.isEmojiPresentation(point)
                || point >= 0x1100 && point <= 0x115F // Hangul Jamo
                || point >= 0x2E80 && point <= 0xA4CF && point != 0x303F // CJK symbols, kana, Yi
                || point >= 0xAC00 && point <= 0xD7A3 // Hangul syllables
                || point >= 0xFE30 && point <= 0xFE6F // CJK forms
                || point >= 0xFF01 && point <= 0xFF60 // full-width forms
                || point >= 0xFFE0 && point <= 0xFFE6;
    }

    /** The text cut or padded to so many columns. */
    static String fit(String text, int columns) {
        int width = width(text);
        if (width <= columns) {
            return text + " ".repeat(columns - width);
        }
        int end = text.length();
        while (width(text.substring(0, end)) > columns - 3) {
            end = text.offsetByCodePoints(end, -1);
        }
        var cut = text.substring(0, end) + "...";
        return cut + " ".repeat(columns - width(cut));
    }
}
