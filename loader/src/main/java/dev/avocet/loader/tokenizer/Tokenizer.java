// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import dev.avocet.core.AvocetException;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * BERT's WordPiece tokenizer: text to the ids that a text model of the same checkpoint knows.
 *
 * <p>Ids equal those of transformers 5.23 with tokenizers 0.23, for all of Unicode. A tokenizer is immutable: any
 * number of threads may use it at once, and a call keeps nothing.
 *
 * <p>A text that names a special token, as in "[SEP]", gets that token's id, as with Hugging Face: text from strangers
 * can say so too. A surrogate without its partner counts as U+FFFD, which BERT's clean-up removes.
 */
public final class Tokenizer {
    /** How a tokenizer gets from text to ids. */
    record Pipeline(AddedTokens added, Normalizer normalizer, WordPiece model, Template template) {}

    /** How ids get to a length; {@code padId} is negative when no padding token is known. */
    record Lengths(int padId, boolean padsLeft, boolean truncatesLeft, int maxLength) {}

    /** Normalized text is looked at in portions of about this many units, so that a long text needs no long copy. */
    private static final int PORTION = 1 << 10;

    private final Pipeline pipeline;
    private final Lengths lengths;
    private final String[] tokens;

    /** @param tokens the text of each id, null where an id has none */
    Tokenizer(Pipeline pipeline, Lengths lengths, String[] tokens) {
        this.pipeline = pipeline;
        this.lengths = lengths;
        this.tokens = tokens;
    }

    /**
     * Reads the tokenizer of a checkpoint's folder: tokenizer.json or vocab.txt, with tokenizer_config.json,
     * special_tokens_map.json and added_tokens.json where they are, as AutoTokenizer of transformers 5.23 does.
     *
     * <p>For a BertTokenizer, vocabulary and added tokens come from tokenizer.json if there is one, and all settings from
     * tokenizer_config.json. For another class, or where nothing but a tokenizer.json says what it is, all comes from
     * tokenizer.json as it stands. Of the padding and truncation stored there, only the sides count.
     *
     * @throws TokenizerException when a file is missing, damaged, too large or of another kind of tokenizer, or the
     *     vocabulary lacks a special token
     */
    public static Tokenizer load(Path folder) {
        return new TokenizerLoader(folder).load();
    }

    /** The ids of one text with its special tokens ([CLS] and [SEP] for BERT), as many as there are. */
    public int[] encode(String text) {
        return encode(text, Ids.MOST);
    }

    /**
     * The ids of one text with its special tokens, at most {@code maxLength}: what is too much is cut from the end of
     * the text, or from its beginning where the files give that as the truncation side.
     *
     * @throws IllegalArgumentException when not even the special tokens have room
     */
    public int[] encode(String text, int maxLength) {
        var template = pipeline.template();
        var content = content(text, room(maxLength));
        int count = Math.min(content.size(), room(maxLength));
        var ids = new int[template.size() + count];
        fill(ids, 0, content, count);
        return ids;
    }

    /**
     * Texts as a batch [B,length], each padded or cut to that length: transformers' {@code padding="max_length",
     * truncation=True, max_length=length}. The sides are those that the files give, usually the end.
     *
     * @throws IllegalArgumentException when not even the special tokens have room
     */
    public Encoding encodeToLength(List<String> texts, int length) {
        return batch(texts, length, length);
    }

    /**
     * Texts as a batch [B,S], padded to the longest of them, and cut to {@code maxLength} where that is less:
     * transformers' {@code padding=True, truncation=True, max_length=maxLength}.
     *
     * @throws IllegalArgumentException when not even the special tokens have room
     */
    public Encoding encodeToLongest(List<String> texts, int maxLength) {
        return batch(texts, maxLength, 0);
    }

    /** How many tokens a text has, special tokens around it not counted. */
    public int countTokens(String text) {
        return content(text, Ids.MOST).size();
    }

    /** The text of a token as the vocabulary has it; {@link IllegalArgumentException} when no token has this id. */
    public String token(int id) {
        if (id < 0 || id >= tokens.length || tokens[id] == null) {
            throw new IllegalArgumentException("no token has the id " + id + "; ids are below " + tokens.length);
        }
        return tokens[id];
    }

    /** One more than the highest id. */
    public int vocabularySize() {
        return tokens.length;
    }

    /** The id that fills texts up; {@link AvocetException} when the files name no padding token. */
    public int padId() {
        if (lengths.padId() < 0) {
            throw new AvocetException(
                    "the tokenizer has no padding token; name one as pad_token in tokenizer_config.json");
        }
        return lengths.padId();
    }

    /** The most tokens that the model takes, {@link Integer#MAX_VALUE} when tokenizer_config.json does not say. */
    public int maxLength() {
        return lengths.maxLength();
    }

    private Encoding batch(List<String> texts, int maxLength, int minLength) {
        int padId = padId();
        int room = room(maxLength);
        var contents = new Ids[texts.size()];
        int longest = texts.isEmpty() ? minLength : Math.max(minLength, pipeline.template().size());
        for (int i = 0; i < contents.length; i++) {
            contents[i] = content(texts.get(i), room);
            longest = Math.max(longest, pipeline.template().size() + Math.min(contents[i].size(), room));
        }
        var shape = Shape.of(contents.length, longest);
        if (shape.elements() > Ids.MOST) {
            throw new IllegalArgumentException(
                    contents.length + " texts of " + longest + " tokens are too much for one batch");
        }
        var ids = new int[(int) shape.elements()];
        var mask = new int[ids.length];
        var types = new int[ids.length];
        Arrays.fill(ids, padId);
        for (int i = 0; i < contents.length; i++) {
            int count = Math.min(contents[i].size(), room);
            int size = pipeline.template().size() + count;
            int at = i * longest + (lengths.padsLeft() ? longest - size : 0);
            fill(ids, at, contents[i], count);
            Arrays.fill(mask, at, at + size, 1);
            fillTypes(types, at, count);
        }
        return new Encoding(HostTensor.of(shape, ids), HostTensor.of(shape, mask), HostTensor.of(shape, types));
    }

    private int room(int maxLength) {
        int special = pipeline.template().size();
        if (maxLength < special) {
            throw new IllegalArgumentException(
                    "a length of " + maxLength + " has no room for the " + special + " special tokens");
        }
        return maxLength - special;
    }

    /** Writes the special tokens, and between them the part of a text that is left of it after cutting. */
    private void fill(int[] ids, int at, Ids content, int count) {
        int i = at;
        for (var piece : pipeline.template().before()) {
            ids[i++] = piece.id();
        }
        content.copyTo(lengths.truncatesLeft() ? content.size() - count : 0, count, ids, i);
        i += count;
        for (var piece : pipeline.template().after()) {
            ids[i++] = piece.id();
        }
    }

    private void fillTypes(int[] types, int at, int count) {
        int i = at;
        for (var piece : pipeline.template().before()) {
            types[i++] = piece.type();
        }
        Arrays.fill(types, i, i + count, pipeline.template().textType());
        i += count;
        for (var piece : pipeline.template().after()) {
            types[i++] = piece.type();
        }
    }

    /** The ids of a text alone; not many more than needed when the rest is cut anyway. */
    private Ids content(String text, int enough) {
        Objects.requireNonNull(text, "a text is null");
        var ids = new Ids(16 + text.length() / 4, lengths.truncatesLeft() ? Ids.MOST : enough);
        var normal = new Chars(Math.min(text.length(), PORTION) + 16);
        pipeline.added().split(text, new AddedTokens.Parts() {
            @Override
            public void text(String all, int from, int to) {
                if (pipeline.added().hasNormalized()) {
                    splitNormalized(all, from, to, normal, ids);
                } else {
                    tokenize(all, from, to, normal, ids);
                }
            }

            @Override
            public void token(int id) {
                ids.add(id);
            }
        });
        return ids;
    }

    private void tokenize(String text, int from, int to, Chars normal, Ids ids) {
        for (int i = from; i < to && !ids.isFull();) {
            normal.length = 0;
            i = pipeline.normalizer().normalize(text, i, to, normal, PORTION);
            pipeline.model().tokenize(normal.units, 0, normal.length, ids);
        }
    }

    /** A token may span words, so that all of the text between other tokens has to be normalized first. */
    private void splitNormalized(String text, int from, int to, Chars normal, Ids ids) {
        normal.length = 0;
        pipeline.normalizer().normalize(text, from, to, normal);
        pipeline.added().splitNormalized(normal.toString(), new AddedTokens.Parts() {
            @Override
            public void text(String all, int start, int end) {
                pipeline.model().tokenize(normal.units, start, end, ids);
            }

            @Override
            public void token(int id) {
                ids.add(id);
            }
        });
    }
}
