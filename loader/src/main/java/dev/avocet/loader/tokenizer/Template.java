// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** What stands around a text: for BERT, [CLS] before it and [SEP] after it. */
record Template(List<Piece> before, int textType, List<Piece> after) {
    /** A special token: its id and its token type. */
    record Piece(int id, int type) {}

    /** Nothing but the text. */
    static final Template BARE = new Template(List.of(), 0, List.of());

    /** One token before, one after, all of type 0. */
    static Template around(int first, int last) {
        return new Template(List.of(new Piece(first, 0)), 0, List.of(new Piece(last, 0)));
    }

    /** How many tokens it adds. */
    int size() {
        return before.size() + after.size();
    }

    /**
     * The post-processor of a tokenizer.json, as it treats a single text; null leaves the text bare.
     *
     * @param mostIds ids are below this
     */
    static Template of(JsonObject processor, int mostIds) {
        if (processor == null) {
            return BARE;
        }
        var type = processor.text("type", "");
        return switch (type) {
            case "BertProcessing", "RobertaProcessing" -> around(idOfPair(processor, "cls", mostIds),
                    idOfPair(processor, "sep", mostIds));
            case "TemplateProcessing" -> template(processor, mostIds);
            default ->
                throw new TokenizerException(processor.file(), "the post-processor " + type + " is not supported; "
                        + "TemplateProcessing, BertProcessing and RobertaProcessing are");
        };
    }

    private static int idOfPair(JsonObject processor, String key, int mostIds) {
        var pair = processor.list(key);
        return processor.integer(key, pair.size() == 2 ? pair.get(1) : pair, mostIds);
    }

    private static Template template(JsonObject processor, int mostIds) {
        var before = new ArrayList<Piece>();
        var after = new ArrayList<Piece>();
        Integer textType = null;
        for (var entry : processor.list("single")) {
            var piece = processor.of("single", entry);
            var special = piece.object("SpecialToken");
            if (special != null) {
                int type = special.integer("type_id", mostIds);
                for (var id : ids(processor, special.text("id", ""))) {
                    (textType == null ? before : after)
                            .add(new Piece(processor.integer("special_tokens", id, mostIds), type));
                }
            } else if (piece.has("Sequence") && textType == null
                    && piece.object("Sequence").text("id", "").equals("A")) {
                textType = piece.object("Sequence").integer("type_id", mostIds);
            } else {
                throw processor.error("single", "special tokens and one sequence A", entry);
            }
        }
        if (textType == null) {
            throw processor.error("single", "special tokens and one sequence A",
                    processor.get("single"));
        }
        return new Template(List.copyOf(before), textType, List.copyOf(after));
    }

    private static List<?> ids(JsonObject processor, String name) {
        var tokens = processor.object("special_tokens");
        var token = tokens == null ? null : tokens.object(name);
        if (token == null) {
            throw processor.error("special_tokens", "an object with an entry " + name,
                    processor.get("special_tokens"));
        }
        return token.list("ids");
    }
}
