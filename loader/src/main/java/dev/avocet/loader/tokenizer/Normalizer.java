// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

/**
 * BERT's normalization of text: control characters go, white space becomes blanks, ideographs stand alone, accents go,
 * letters become lower case, each if asked for; as BertNormalizer of Hugging Face's tokenizers 0.23.3 does it.
 *
 * <p>A surrogate without its partner, which no Python string that Hugging Face accepts can have, counts as U+FFFD.
 */
final class Normalizer {
    /** What a normalizer does; null for {@code stripAccents} means: as {@code lowercase}. */
    record Settings(boolean cleanText, boolean separateIdeographs, Boolean stripAccents, boolean lowercase) {}

    private static final int ASCII = 128;
    private static final char GONE = '\uFFFF';
    private static final char REPLACEMENT = '\uFFFD';
    private static final char DOT_ABOVE = '\u0307';

    private final boolean cleanText;
    private final boolean separateIdeographs;
    private final boolean stripAccents;
    private final boolean lowercase;
    /** What becomes of the first 128 characters: each is one character or {@link #GONE}. */
    private final char[] ascii = new char[ASCII];

    Normalizer(Settings settings) {
        cleanText = settings.cleanText();
        separateIdeographs = settings.separateIdeographs();
        lowercase = settings.lowercase();
        stripAccents = settings.stripAccents() == null ? lowercase : settings.stripAccents();
        for (char c = 0; c < ASCII; c++) {
            var one = new Chars(2);
            new Run(one).add(c);
            ascii[c] = one.length == 0 ? GONE : one.units[0];
        }
    }

    /** Normalizes a part of a text as if it were all of it, and appends the result. */
    void normalize(String text, int from, int to, Chars out) {
        normalize(text, from, to, out, Integer.MAX_VALUE);
    }

    /**
     * The same, but stops behind the first white space once the result has grown by {@code enough} units, and returns
     * the position reached: the next part continues there as if there had been no stop.
     */
    int normalize(String text, int from, int to, Chars out, int enough) {
        long stop = (long) out.length + enough;
        var run = new Run(out);
        int i = from;
        while (i < to) {
            char unit = text.charAt(i++);
            if (unit < ASCII) {
                char normal = ascii[unit];
                if (normal != GONE) {
                    out.add(normal);
                    if (normal == ' ' && out.length >= stop) {
                        break;
                    }
                }
            } else if (!Character.isSurrogate(unit)) {
                run.add(unit);
            } else if (i < to && Character.isSurrogatePair(unit, text.charAt(i))) {
                run.add(Character.toCodePoint(unit, text.charAt(i++)));
            } else {
                run.add(REPLACEMENT);
            }
        }
        return i;
    }

    /** Text on its way out, with the marks at its end that may still have to change places. */
    private final class Run {
        private final Chars out;
        /** Marks before this position stay where they are. */
        private int settled;

        Run(Chars out) {
            this.out = out;
            settled = out.length;
        }

        void add(int codePoint) {
            int properties = UnicodeTable.of(codePoint);
            if (cleanText) {
                if ((properties & UnicodeTable.REMOVED) != 0) {
                    return;
                }
                if ((properties & UnicodeTable.SPACE) != 0) {
                    out.add(' ');
                    return;
                }
            }
            boolean isSeparate = separateIdeographs && (properties & UnicodeTable.CJK) != 0;
            if (isSeparate) {
                out.add(' ');
            }
            if (stripAccents) {
                addWithoutAccents(codePoint, properties);
            } else {
                addLowercase(codePoint, properties);
            }
            if (isSeparate) {
                out.add(' ');
            }
        }

        private void addWithoutAccents(int codePoint, int properties) {
            if ((properties & UnicodeTable.FOLD) != 0) {
                addFolded(codePoint);
            } else if ((properties & UnicodeTable.MARK) == 0) {
                addInOrder(codePoint, properties);
            } else if ((properties & UnicodeTable.STARTER) != 0) {
                settled = out.length;
            }
        }

        private void addFolded(int codePoint) {
            if (UnicodeTable.isHangulSyllable(codePoint)) {
                out.addCodePoint(UnicodeTable.leadingJamo(codePoint));
                out.addCodePoint(UnicodeTable.vowelJamo(codePoint));
                int trailing = UnicodeTable.trailingJamo(codePoint);
                if (trailing != 0) {
                    out.addCodePoint(trailing);
                }
                return;
            }
            int fold = UnicodeTable.fold(codePoint);
            if (fold >= 0) {
                addInOrder(fold, UnicodeTable.of(fold));
                return;
            }
            for (int part : UnicodeTable.sequence(~fold)) {
                addInOrder(part, UnicodeTable.of(part));
            }
        }

        /** Unicode's canonical order: of marks that follow each other, the one of lower class comes first. */
        private void addInOrder(int codePoint, int properties) {
            if ((properties & UnicodeTable.CLASS) == 0) {
                addLowercase(codePoint, properties);
                return;
            }
            int position = out.length;
            while (position > settled) {
                int before = Character.codePointBefore(out.units, position, settled);
                boolean isMark = (UnicodeTable.of(before) & UnicodeTable.CLASS) != 0;
                if (!isMark || UnicodeTable.combiningClass(before) <= UnicodeTable.combiningClass(codePoint)) {
                    break;
                }
                position -= Character.charCount(before);
            }
            out.insertCodePoint(position, codePoint);
        }

        private void addLowercase(int codePoint, int properties) {
            if (!lowercase || (properties & UnicodeTable.LOWER) == 0) {
                out.addCodePoint(codePoint);
                return;
            }
            out.addCodePoint(UnicodeTable.lower(codePoint));
            if (codePoint == UnicodeTable.CAPITAL_I_WITH_DOT) {
                out.add(DOT_ABOVE);
            }
        }
    }
}
