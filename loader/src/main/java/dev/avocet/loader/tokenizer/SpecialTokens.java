// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tokens that a tokenizer's files name, gathered with the precedence of transformers 5.23.
 *
 * <p>What has an {@code added_tokens_decoder} in tokenizer_config.json needs no other file; otherwise
 * special_tokens_map.json overrides tokenizer_config.json, and added_tokens.json and the tokens of tokenizer.json come
 * along.
 */
final class SpecialTokens {
    private static final Map<String, String> BERT = Map.of(
            "unk_token", "[UNK]", "sep_token", "[SEP]", "pad_token", "[PAD]", "cls_token", "[CLS]", "mask_token",
            "[MASK]");
    /** In the order in which tokens that the vocabulary lacks get their ids. */
    private static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");
    private static final String LIST = "extra_special_tokens";
    private static final String OLD_LIST = "additional_special_tokens";

    private final Map<String, AddedToken> named = new LinkedHashMap<>();
    private final List<AddedToken> extra = new ArrayList<>();
    private final Map<Integer, AddedToken> added = new TreeMap<>();
    /** What added_tokens.json takes for special; transformers overlooks objects, and the old list of the other file. */
    private final Set<String> listed = new HashSet<>();
    /** Whether there was a list before: the old name for it only counts in the first file that has one. */
    private boolean hasList;

    /**
     * Reads what the files say.
     *
     * @param config tokenizer_config.json
     * @param serialized tokenizer.json, or null
     * @param isBert whether BERT's tokens have their usual names unless told otherwise
     */
    SpecialTokens(TokenizerFiles files, JsonObject config, JsonObject serialized, boolean isBert) {
        NAMES.forEach(name -> named.put(name, null));
        read(config, false);
        if (config.has("added_tokens_decoder")) {
            var decoder = config.object("added_tokens_decoder");
            decoder.keys().forEach(id -> added.put(number(decoder, id), token(decoder, id, decoder.get(id))));
        } else {
            var map = files.json("special_tokens_map.json");
            if (map != null) {
                read(map, true);
            }
            readAdded(files.json("added_tokens.json"));
            if (serialized != null) {
                serializedTokens(serialized).forEach(token -> added.put(token.getKey(), token.getValue()));
            }
        }
        if (isBert) {
            BERT.forEach((name, content) -> named.putIfAbsent(name, AddedToken.special(content)));
        } else if (serialized.has("padding")) {
            named.putIfAbsent("pad_token", AddedToken.special(serialized.object("padding").text("pad_token", "[PAD]")));
        }
    }

    /** The text of a token that is known by a name such as "cls_token"; null when no file says. */
    String text(String name) {
        return named.get(name) == null ? null : named.get(name).content();
    }

    /** Whether a file lists this text as an added token, so that it need not be in the vocabulary. */
    boolean isAdded(String content) {
        return added.values().stream().anyMatch(token -> token.content().equals(content));
    }

    /** All tokens to be found in text, in the order in which they get ids; of those only named, not what is present. */
    List<AddedToken> all(Set<String> present) {
        var names = new HashSet<String>();
        var special = new ArrayList<AddedToken>();
        named.values().forEach(token -> {
            if (token != null) {
                names.add(token.content());
                special.add(token);
            }
        });
        special.addAll(extra);
        var all = new ArrayList<AddedToken>();
        var known = new HashSet<>(present);
        added.values().forEach(token -> {
            all.add(names.contains(token.content()) ? token.asSpecial() : token);
            known.add(token.content());
        });
        for (var token : special) {
            // Of tokens that only names give, the last one of the same text counts, as adding it again replaces it.
            if (!known.contains(token.content())) {
                all.add(names.contains(token.content()) ? token.asSpecial() : token);
            }
        }
        return all;
    }

    /** The added tokens of a tokenizer.json, in its order, with the ids that it gives them. */
    static List<Map.Entry<Integer, AddedToken>> serializedTokens(JsonObject serialized) {
        var tokens = new ArrayList<Map.Entry<Integer, AddedToken>>();
        for (var entry : serialized.list("added_tokens")) {
            int id = serialized.of("added_tokens", entry).integer("id", TokenizerFiles.MOST_IDS);
            tokens.add(Map.entry(id, token(serialized, "added_tokens", entry)));
        }
        return tokens;
    }

    private void read(JsonObject file, boolean isMap) {
        for (var key : file.keys()) {
            var value = file.get(key);
            boolean isToken = value instanceof String || value instanceof Map;
            if (key.endsWith("_token") && isToken) {
                var token = token(file, key, value);
                named.put(key, isMap ? token.asSpecial() : token);
                if (NAMES.contains(key) && (isMap || value instanceof String)) {
                    listed.add(token.content());
                }
            }
        }
        if (file.get(LIST) instanceof Map<?, ?> map) {
            map.forEach((name, value) -> named.put((String) name, token(file, LIST, value)));
            readList(file, OLD_LIST, isMap);
        } else {
            readList(file, file.has(LIST) && (isMap || !file.list(LIST).isEmpty()) ? LIST : OLD_LIST, isMap);
        }
        hasList = file.get(LIST) instanceof List || file.has(OLD_LIST);
    }

    private void readList(JsonObject file, String key, boolean isMap) {
        if (hasList && key.equals(OLD_LIST)) {
            return;
        }
        for (var entry : file.list(key)) {
            var token = token(file, key, entry).asSpecial();
            extra.add(token);
            if (!isMap || key.equals(LIST)) {
                listed.add(token.content());
            }
        }
    }

    private void readAdded(JsonObject file) {
        if (file == null) {
            return;
        }
        for (var content : file.keys()) {
            boolean isSpecial = listed.contains(content);
            added.put(file.integer(content, TokenizerFiles.MOST_IDS),
                    new AddedToken(content, false, false, false, !isSpecial, isSpecial));
        }
    }

    /** A token as the files write it: its text alone, or an object with its text and how to find it. */
    private static AddedToken token(JsonObject in, String name, Object value) {
        if (value instanceof String content) {
            return AddedToken.special(content);
        }
        var token = in.of(name, value);
        return new AddedToken(token.text("content", ""), token.flag("single_word", false), token.flag("lstrip", false),
                token.flag("rstrip", false), token.flag("normalized", null), token.flag("special", false));
    }

    private static int number(JsonObject decoder, String id) {
        try {
            return Integer.parseInt(id);
        } catch (NumberFormatException _) {
            throw decoder.error(id, "an id", id);
        }
    }
}
