// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tokens that are found in the text itself: always the leftmost, and of those the longest; then the text between
 * them is normalized, and tokens that want it are found there. As AddedVocabulary of Hugging Face's tokenizers 0.23.3.
 */
final class AddedTokens {
    /** Takes a text apart: what is an added token, and what lies between. */
    interface Parts {
        void text(String all, int from, int to);

        void token(int id);
    }

    private final Map<Integer, AddedToken> byId;
    private final Trie asTheyCame;
    private final Trie normalized;
    private final Set<Integer> ignored;

    private AddedTokens(Map<Integer, AddedToken> byId, Trie asTheyCame, Trie normalized, Set<Integer> ignored) {
        this.byId = byId;
        this.asTheyCame = asTheyCame;
        this.normalized = normalized;
        this.ignored = ignored;
    }

    /** Gives added tokens their ids: that of the vocabulary where it has the text, else the next free one. */
    static final class Builder {
        private final Map<String, Integer> vocabulary;
        private final Map<String, Integer> ids = new HashMap<>();
        private final Map<Integer, AddedToken> byId = new TreeMap<>();
        /** Once special, a token stays so, even when it is added again without that. */
        private final Set<Integer> special = new HashSet<>();

        Builder(Map<String, Integer> vocabulary) {
            this.vocabulary = vocabulary;
        }

        /** Adds tokens in this order; one whose text was added before replaces it. */
        Builder add(List<AddedToken> tokens) {
            // What is free is decided once per call, from how many texts the vocabulary has, not from its highest id.
            int next = vocabulary.size();
            for (int id : byId.keySet()) {
                next = Math.max(next, id + 1);
            }
            for (var token : tokens) {
                if (!token.content().isEmpty()) {
                    var id = id(token.content());
                    if (id == null) {
                        id = next++;
                    }
                    ids.put(token.content(), id);
                    byId.put(id, token);
                    if (token.special()) {
                        special.add(id);
                    }
                }
            }
            return this;
        }

        /** The id of an added token or of a text in the vocabulary; null when it is neither. */
        Integer id(String text) {
            return ids.containsKey(text) ? ids.get(text) : vocabulary.get(text);
        }

        Set<String> added() {
            return ids.keySet();
        }

        boolean isInVocabulary(String text) {
            return vocabulary.containsKey(text);
        }

        Map<Integer, AddedToken> byId() {
            return byId;
        }

        /**
         * The finder of these tokens.
         *
         * @param normalizer what the text between tokens goes through
         * @param ignoresSpecial whether special tokens in a text are just text
         */
        AddedTokens build(Normalizer normalizer, boolean ignoresSpecial) {
            var asTheyCame = new Trie(byId.size() * 8);
            var normalized = new Trie(byId.size() * 8);
            byId.forEach((id, token) -> {
                if (token.isNormalized()) {
                    var text = new Chars(token.content().length() + 8);
                    normalizer.normalize(token.content(), 0, token.content().length(), text);
                    // Hugging Face lets chance decide between tokens of one normal form; here the lowest id wins.
                    normalized.put(text.toString(), id);
                } else {
                    asTheyCame.put(token.content(), id);
                }
            });
            return new AddedTokens(Map.copyOf(byId), asTheyCame, normalized,
                    ignoresSpecial ? Set.copyOf(special) : Set.of());
        }
    }

    /** Whether a token may be found in normalized text. */
    boolean hasNormalized() {
        return !normalized.isEmpty();
    }

    /** Finds the tokens that are looked for in a text as it came. */
    void split(String text, Parts parts) {
        split(text, asTheyCame, parts);
    }

    /** Finds the tokens that are looked for in normalized text. */
    void splitNormalized(String text, Parts parts) {
        split(text, normalized, parts);
    }

    private void split(String text, Trie tokens, Parts parts) {
        int done = 0;
        int i = 0;
        while (i < text.length() && !tokens.isEmpty()) {
            int node = Trie.ROOT;
            int end = i;
            int id = Trie.NO_VALUE;
            for (int j = i; j < text.length(); j++) {
                node = tokens.child(node, text.charAt(j));
                if (node == Trie.ROOT) {
                    break;
                }
                int value = tokens.value(node);
                if (value != Trie.NO_VALUE) {
                    end = j + 1;
                    id = value;
                }
            }
            if (id == Trie.NO_VALUE) {
                i++;
            } else {
                done = found(text, i, end, id, done, parts);
                i = end;
            }
        }
        if (done < text.length()) {
            parts.text(text, done, text.length());
        }
    }

    /**
     * Hands over a token and the text before it, unless the token may not stand here; returns how much is handed over.
     */
    private int found(String text, int from, int to, int id, int done, Parts parts) {
        var token = byId.get(id);
        boolean isInWord = token.singleWord()
                && (from > 0 && has(text.codePointBefore(from), UnicodeTable.WORD)
                        || to < text.length() && has(text.codePointAt(to), UnicodeTable.WORD));
        if (isInWord || ignored.contains(id)) {
            return done;
        }
        int start = from;
        while (token.stripLeft() && start > done && has(text.charAt(start - 1), UnicodeTable.SPACE)) {
            start--;
        }
        int end = to;
        while (token.stripRight() && end < text.length() && has(text.charAt(end), UnicodeTable.SPACE)) {
            end++;
        }
        if (done < start) {
            parts.text(text, done, start);
        }
        parts.token(id);
        return end;
    }

    private static boolean has(int codePoint, int property) {
        return (UnicodeTable.of(codePoint) & property) != 0;
    }
}
