// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

/**
 * A token that is found in the text itself, before any word is split.
 *
 * @param content the text to find
 * @param singleWord not inside a word
 * @param stripLeft takes the white space before it along
 * @param stripRight takes the white space after it along
 * @param normalized is looked for in the normalized text instead of the text as it came; null: unless special
 * @param special has a meaning to the model, as [CLS] has
 */
record AddedToken(
        String content, boolean singleWord, boolean stripLeft, boolean stripRight, Boolean normalized,
        boolean special) {

    /** A special token of which only the text is known. */
    static AddedToken special(String content) {
        return new AddedToken(content, false, false, false, null, true);
    }

    AddedToken asSpecial() {
        return new AddedToken(content, singleWord, stripLeft, stripRight, normalized, true);
    }

    boolean isNormalized() {
        return normalized == null ? !special : normalized;
    }
}
