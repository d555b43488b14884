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
import java.util.function.IntConsumer;

/**
 * The character properties that Hugging Face's tokenizers works with, for all of Unicode.
 *
 * <p>They come from several Rust libraries of different ages: control characters, punctuation and non-spacing marks as in
 * Unicode 8, decompositions as in Unicode 9, lower case as in Unicode 17. The JDK has yet another age and a new one with each
 * release (against JDK 25, some 630 code points differ), and an id must not depend on it: hence a table of their own,
 * {@code unicode.txt}, written by {@code unicode_tables.py} from tokenizers 0.23.3.
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
    /** A mark of combining class 0, which ends a run of marks that normalization sorts. */
    static final int STARTER = 1 << 6;
    /** Has a combining class and is no {@link #MARK}. */
    static final int CLASS = 1 << 7;
    /** Has another lower case. */
    static final int LOWER = 1 << 8;
    /** Is something else without its accents; Hangul syllables, which are arithmetic, included. */
    static final int FOLD = 1 << 9;

    private static final int BLOCK = 256;
    private static final int HANGUL_FIRST = 0xAC00;
    private static final int HANGUL_LAST = 0xD7A3;
    private static final int VOWELS_AND_FINALS = 588;
    private static final int FINALS = 28;

    private static final UnicodeTable TABLE = new UnicodeTable();

    private final short[][] blocks = new short[(Character.MAX_CODE_POINT + 1) / BLOCK][];
    /** Sorted; the code point in the upper half, in the lower one the lower-case letter. */
    private final long[] lower;
    /** Sorted; the code point in the upper half, in the lower one what remains, or the complement of an index of sequences. */
    private final long[] folds;
    /** Sorted; the code point in the upper half, in the lower one its canonical combining class. */
    private final long[] classes;
    private final int[][] sequences;

    private UnicodeTable() {
        Arrays.fill(blocks, new short[BLOCK]);
        var pairs = new Pairs();
        var name = "unicode.txt";
        try (var stream = Objects.requireNonNull(UnicodeTable.class.getResourceAsStream(name), name);
                var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    read(new StringTokenizer(line, " "), pairs);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mark(HANGUL_FIRST, HANGUL_LAST, FOLD);
        // U+0130 is the only letter whose lower case is two code points; the second one is added by the normalizer.
        pairs.lower.add(0x130L << 32 | 'i');
        mark(0x130, 0x130, LOWER);
        lower = sorted(pairs.lower);
        folds = sorted(pairs.folds);
        classes = sorted(pairs.classes);
        sequences = pairs.sequences.toArray(int[][]::new);
    }

    /** All properties of a code point, as the bits above. */
    static int of(int codePoint) {
        return TABLE.blocks[codePoint / BLOCK][codePoint % BLOCK];
    }

    /** The lower case of a code point that has {@link #LOWER}; of U+0130 the first of two. */
    static int lower(int codePoint) {
        return find(TABLE.lower, codePoint);
    }

    /** The canonical combining class of a code point that has {@link #CLASS}. */
    static int combiningClass(int codePoint) {
        return find(TABLE.classes, codePoint);
    }

    /**
     * What a code point that has {@link #FOLD} becomes without accents: the first code point, or, when there are several, the
     * complement of a number to give to {@link #sequence}; not for Hangul.
     */
    static int fold(int codePoint) {
        return find(TABLE.folds, codePoint);
    }

    /** The code points that a negative result of {@link #fold} stands for; not to be changed. */
    static int[] sequence(int number) {
        return TABLE.sequences[number];
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

    private static final class Pairs {
        private final List<Long> lower = new ArrayList<>();
        private final List<Long> folds = new ArrayList<>();
        private final List<Long> classes = new ArrayList<>();
        private final List<int[]> sequences = new ArrayList<>();
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
                    slash < 0 ? 1 : Integer.parseInt(text.substring(slash + 1)));
        }
    }

    private void read(StringTokenizer line, Pairs pairs) {
        var name = line.nextToken();
        switch (name) {
            case "class" -> {
                int value = Integer.parseInt(line.nextToken());
                ranges(line, CLASS, c -> pairs.classes.add((long) c << 32 | value));
            }
            case "lower" -> {
                int distance = Integer.parseInt(line.nextToken());
                ranges(line, LOWER, c -> pairs.lower.add((long) c << 32 | (c + distance)));
            }
            case "fold" -> {
                int value = target(line.nextToken(), pairs.sequences);
                ranges(line, FOLD, c -> pairs.folds.add((long) c << 32 | (value & 0xFFFFFFFFL)));
            }
            default -> {
                int bit = bit(name);
                while (line.hasMoreTokens()) {
                    var range = Range.parse(line.nextToken());
                    mark(range.first, range.last, bit);
                }
            }
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

    private static int target(String text, List<int[]> sequences) {
        if (text.indexOf(',') < 0) {
            return Integer.parseInt(text, 16);
        }
        sequences.add(Arrays.stream(text.split(",")).mapToInt(t -> Integer.parseInt(t, 16)).toArray());
        return ~(sequences.size() - 1);
    }

    private void ranges(StringTokenizer line, int bit, IntConsumer each) {
        while (line.hasMoreTokens()) {
            var range = Range.parse(line.nextToken());
            for (int c = range.first; c <= range.last; c += range.step) {
                mark(c, c, bit);
                each.accept(c);
            }
        }
    }

    /** Sets a bit in a range; equal neighbours stay one shared block, so that planes full of the same take no memory. */
    private void mark(int first, int last, int bit) {
        short[] before = null;
        short[] after = null;
        for (int start = first; start <= last;) {
            int block = start / BLOCK;
            int end = Math.min(last, block * BLOCK + BLOCK - 1);
            if (end - start < BLOCK - 1 || blocks[block] != before) {
                before = end - start < BLOCK - 1 ? null : blocks[block];
                after = blocks[block].clone();
                for (int i = start % BLOCK; i <= end % BLOCK; i++) {
                    after[i] |= (short) bit;
                }
            }
            blocks[block] = after;
            start = end + 1;
        }
    }

    private static long[] sorted(List<Long> pairs) {
        return pairs.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    private static int find(long[] pairs, int codePoint) {
        int low = 0;
        int high = pairs.length - 1;
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
