// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.StringTokenizer;

/**
 * The character properties that Hugging Face's tokenizers works with, for all of Unicode.
 *
 * <p>They come from several Rust libraries of different ages: control characters, punctuation and non-spacing marks as
 * in Unicode 8, decompositions as in Unicode 9, lower case as in Unicode 17. The JDK has yet another age and a new one
 * with each release (against JDK 25, some 630 code points differ), and an id must not depend on it: hence a table of
 * their own, {@code unicode.txt}, written by {@code unicode_tables.py} from tokenizers 0.23.3.
 */
final class UnicodeTable {
    /** White space: becomes a blank, and separates words. */
    static final int SPACE = 1;
    /** Control, format and private-use characters, and U+FFFD: cleaning removes them. */
    static final int REMOVED = 1 << 1;
    /** A word of its own. */
    static final int PUNCTUATION = 1 << 2;
    /** An ideograph: gets blanks around it. */
    static final int CJK = 1 << 3;
    /** A non-spacing mark: goes with the accents. */
    static final int MARK = 1 << 4;
    /** A letter, mark, digit or connector: what a token that must stand alone can't stand next to. */
    static final int WORD = 1 << 5;
    /**
     * A mark that is, or decomposes into one, of combining class 0: it ends a run of marks that normalization sorts.
     */
    static final int STARTER = 1 << 6;
    /** Has a combining class and is no {@link #MARK}. */
    static final int CLASS = 1 << 7;
    /** Has another lower case. */
    static final int LOWER = 1 << 8;
    /** Is something else without its accents; Hangul syllables, which are arithmetic, included. */
    static final int FOLD = 1 << 9;

    /** The only letter whose lower case is two code points: i and a dot above. */
    static final int CAPITAL_I_WITH_DOT = 0x130;

    private static final int BLOCK = 256;
    private static final int HANGUL_FIRST = 0xAC00;
    private static final int HANGUL_LAST = 0xD7A3;
    private static final int VOWELS_AND_FINALS = 588;
    private static final int FINALS = 28;

    private static final UnicodeTable TABLE = new UnicodeTable();

    private final short[][] blocks = new short[(Character.MAX_CODE_POINT + 1) / BLOCK][];
    private final Mapping lower = new Mapping();
    private final Mapping folds = new Mapping();
    private final Mapping classes = new Mapping();
    private final List<int[]> sequences = new ArrayList<>();

    private UnicodeTable() {
        Arrays.fill(blocks, new short[BLOCK]);
        var name = "unicode.txt";
        try (var stream = Objects.requireNonNull(UnicodeTable.class.getResourceAsStream(name), name);
                var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    read(new StringTokenizer(line, " "));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mark(HANGUL_FIRST, HANGUL_LAST, FOLD);
        mark(CAPITAL_I_WITH_DOT, CAPITAL_I_WITH_DOT, LOWER);
        lower.add(CAPITAL_I_WITH_DOT, 'i');
        lower.sort();
        folds.sort();
        classes.sort();
    }

    /** All properties of a code point, as the bits above. */
    static int of(int codePoint) {
        return TABLE.blocks[codePoint / BLOCK][codePoint % BLOCK];
    }

    /** The lower case of a code point that has {@link #LOWER}; of {@link #CAPITAL_I_WITH_DOT} the first of two. */
    static int lower(int codePoint) {
        return TABLE.lower.get(codePoint);
    }

    /** The canonical combining class of a code point that has {@link #CLASS}. */
    static int combiningClass(int codePoint) {
        return TABLE.classes.get(codePoint);
    }

    /**
     * What a code point that has {@link #FOLD} becomes without accents: the first code point, or, when there are
     * several, the complement of a number to give to {@link #sequence}; not for Hangul.
     */
    static int fold(int codePoint) {
        return TABLE.folds.get(codePoint);
    }

    /** The code points that a negative result of {@link #fold} stands for; not to be changed. */
    static int[] sequence(int number) {
        return TABLE.sequences.get(number);
    }

    static boolean isHangulSyllable(int codePoint) {
        return codePoint >= HANGUL_FIRST && codePoint <= HANGUL_LAST;
    }

    static int leadingJamo(int syllable) {
        return 0x1100 + (syllable - HANGUL_FIRST) / VOWELS_AND_FINALS;
    }

    static int vowelJamo(int syllable) {
        return 0x1161 + (syllable - HANGUL_FIRST) % VOWELS_AND_FINALS / FINALS;
    }

    /** The trailing consonant, or 0 when the syllable ends with its vowel. */
    static int trailingJamo(int syllable) {
        int index = (syllable - HANGUL_FIRST) % FINALS;
        return index == 0 ? 0 : 0x11A7 + index;
    }

    private void read(StringTokenizer line) {
        var name = line.nextToken();
        switch (name) {
            case "class" -> read(line, CLASS, classes, Integer.parseInt(line.nextToken()), false);
            case "lower" -> read(line, LOWER, lower, Integer.parseInt(line.nextToken()), true);
            case "fold" -> read(line, FOLD, folds, target(line.nextToken()), false);
            default -> {
                int bit = bit(name);
                while (line.hasMoreTokens()) {
                    var range = Range.parse(line.nextToken());
                    mark(range.first, range.last, bit);
                }
            }
        }
    }

    private void read(StringTokenizer line, int bit, Mapping mapping, int value, boolean isDistance) {
        while (line.hasMoreTokens()) {
            var range = Range.parse(line.nextToken());
            for (int c = range.first; c <= range.last; c += range.step) {
                mark(c, c, bit);
                mapping.add(c, isDistance ? c + value : value);
            }
        }
    }

    /** Code points as they are written in the file: "first", "first-last" or "first-last/step". */
    private record Range(int first, int last, int step) {
        static Range parse(String text) {
            int dash = text.indexOf('-');
            if (dash < 0) {
                int only = Integer.parseInt(text, 16);
                return new Range(only, only, 1);
            }
            int slash = text.indexOf('/');
            int end = slash < 0 ? text.length() : slash;
            return new Range(Integer.parseInt(text, 0, dash, 16), Integer.parseInt(text, dash + 1, end, 16),
                    slash < 0 ? 1 : Integer.parseInt(text, slash + 1, text.length(), 10));
        }
    }

    private static int bit(String name) {
        return switch (name) {
            case "space" -> SPACE;
            case "removed" -> REMOVED;
            case "punctuation" -> PUNCTUATION;
            case "cjk" -> CJK;
            case "mark" -> MARK;
            case "word" -> WORD;
            case "starter" -> STARTER;
            default -> throw new IllegalStateException("unicode.txt has an unknown line: " + name);
        };
    }

    private int target(String text) {
        if (text.indexOf(',') < 0) {
            return Integer.parseInt(text, 16);
        }
        var parts = new StringTokenizer(text, ",");
        var sequence = new int[parts.countTokens()];
        for (int i = 0; i < sequence.length; i++) {
            sequence[i] = Integer.parseInt(parts.nextToken(), 16);
        }
        sequences.add(sequence);
        return ~(sequences.size() - 1);
    }

    /**
     * Sets a bit in a range; neighbours that stay equal become one block, so that planes full of the same take no
     * memory.
     */
    private void mark(int first, int last, int bit) {
        short[] before = null;
        short[] after = null;
        for (int start = first; start <= last;) {
            int block = start / BLOCK;
            int end = Math.min(last, block * BLOCK + BLOCK - 1);
            boolean isWhole = end - start == BLOCK - 1;
            if (!isWhole || !Arrays.equals(blocks[block], before)) {
                before = isWhole ? blocks[block] : null;
                after = blocks[block].clone();
                for (int i = start % BLOCK; i <= end % BLOCK; i++) {
                    after[i] |= (short) bit;
                }
            }
            blocks[block] = after;
            start = end + 1;
        }
    }

    /** Numbers by code point: pairs in one long each, sorted when all are there. */
    private static final class Mapping {
        private long[] pairs = new long[64];
        private int size;

        void add(int codePoint, int value) {
            if (size == pairs.length) {
                pairs = Arrays.copyOf(pairs, size * 2);
            }
            pairs[size++] = (long) codePoint << 32 | value & 0xFFFFFFFFL;
        }

        void sort() {
            Arrays.sort(pairs, 0, size);
        }

        /** The number of a code point that was added. */
        int get(int codePoint) {
            int low = 0;
            int high = size - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if ((int) (pairs[middle] >> 32) < codePoint) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return (int) pairs[low];
        }
    }
}
