// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;

/** A WordPiece vocabulary of the size and order of bert-base-uncased, its words made up of syllables. */
final class Vocabulary {
    private static final int SIZE = 30_522;
    private static final int FIRST_CHARACTER = 999;
    private static final String CONSONANTS = "bcdfghjklmnpqrstvwxz";
    private static final String VOWELS = "aeiou";

    private Vocabulary() {}

    static List<String> madeUp() {
        var tokens = new LinkedHashSet<String>();
        tokens.add("[PAD]");
        unused(tokens, 100);
        tokens.addAll(List.of("[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        unused(tokens, FIRST_CHARACTER);
        IntStream.rangeClosed('!', '~').filter(c -> !Character.isUpperCase(c))
                .forEach(c -> tokens.add(Character.toString(c)));
        IntStream.rangeClosed('a', 'z').forEach(c -> tokens.add("##" + Character.toString(c)));
        IntStream.rangeClosed('0', '9').forEach(c -> tokens.add("##" + Character.toString(c)));
        for (int number = 0; tokens.size() < SIZE; number++) {
            var word = word(number);
            tokens.add(number % 5 == 4 ? "##" + word : word);
        }
        return List.copyOf(tokens);
    }

    private static void unused(LinkedHashSet<String> tokens, int until) {
        while (tokens.size() < until) {
            tokens.add("[unused" + tokens.size() + "]");
        }
    }

    /** Short words for small numbers, as frequent words are. */
    private static String word(int number) {
        int syllable = number % (CONSONANTS.length() * VOWELS.length());
        int rest = number / (CONSONANTS.length() * VOWELS.length());
        var last = "" + CONSONANTS.charAt(syllable / VOWELS.length()) + VOWELS.charAt(syllable % VOWELS.length());
        return rest == 0 ? last : word(rest - 1) + last;
    }
}
