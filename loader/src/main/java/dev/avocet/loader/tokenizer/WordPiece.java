// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.util.Map;

/**
 * Words to pieces, always the longest that the vocabulary has; a word that can't be pieced together whole is one
 * unknown token. As WordPiece of Hugging Face's tokenizers 0.23.3, behind its BertPreTokenizer.
 */
final class WordPiece {
    /**
     * What the model needs beside its vocabulary.
     *
     * @param unknown the token for a word that the vocabulary can't express
     * @param continuation what a piece inside a word begins with in the vocabulary
     * @param longestWord the most code points of a word that is not unknown at once
     */
    record Settings(String unknown, String continuation, int longestWord) {}

    private static final int ASCII = 128;
    private static final int SEPARATORS = UnicodeTable.SPACE | UnicodeTable.PUNCTUATION;
    /** {@link #SEPARATORS} of the first 128 characters, next to each other. */
    private static final byte[] ASCII_SEPARATORS = new byte[ASCII];

    static {
        for (int c = 0; c < ASCII; c++) {
            ASCII_SEPARATORS[c] = (byte) (UnicodeTable.of(c) & SEPARATORS);
        }
    }

    private final Trie pieces;
    /** Where pieces inside a word start, {@link Trie#ROOT} when the vocabulary has none. */
    private final int inside;
    private final boolean hasInside;
    private final int unknownId;
    private final int longestWord;

    WordPiece(Map<String, Integer> vocabulary, Settings settings) {
        pieces = new Trie(vocabulary.size() * 4);
        vocabulary.forEach(pieces::put);
        inside = pieces.walk(settings.continuation());
        hasInside = inside != Trie.ROOT || settings.continuation().isEmpty();
        unknownId = vocabulary.get(settings.unknown());
        longestWord = settings.longestWord();
    }

    /** Appends the ids of normalized text: white space separates words, a punctuation mark is a word of its own. */
    void tokenize(char[] text, int from, int to, Ids ids) {
        int start = from;
        for (int i = from; i < to && !ids.isFull();) {
            int codePoint = text[i];
            int size = 1;
            int separators;
            if (codePoint < ASCII) {
                separators = ASCII_SEPARATORS[codePoint];
            } else {
                codePoint = Character.codePointAt(text, i, to);
                size = Character.charCount(codePoint);
                separators = UnicodeTable.of(codePoint) & SEPARATORS;
            }
            if (separators != 0) {
                word(text, start, i, ids);
                if ((separators & UnicodeTable.PUNCTUATION) != 0) {
                    word(text, i, i + size, ids);
                }
                start = i + size;
            }
            i += size;
        }
        if (!ids.isFull()) {
            word(text, start, to, ids);
        }
    }

    private void word(char[] text, int from, int to, Ids ids) {
        if (from == to) {
            return;
        }
        if (to - from > longestWord && Character.codePointCount(text, from, to - from) > longestWord) {
            ids.add(unknownId);
            return;
        }
        int before = ids.size();
        int node = Trie.ROOT;
        int start = from;
        while (start < to) {
            int end = start;
            int id = unknownId;
            for (int i = start; i < to; i++) {
                node = pieces.child(node, text[i]);
                if (node == Trie.ROOT) {
                    break;
                }
                int value = pieces.value(node);
                if (value != Trie.NO_VALUE) {
                    end = i + 1;
                    id = value;
                }
            }
            if (end == start || end < to && !hasInside) {
                ids.truncate(before);
                ids.add(unknownId);
                return;
            }
            ids.add(id);
            start = end;
            node = inside;
        }
    }
}
