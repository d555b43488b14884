// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Makes a tokenizer of the files in a folder, as AutoTokenizer of transformers 5.23 does it for BERT and its kin. */
final class TokenizerLoader {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String SERIALIZED = "tokenizer.json";

    /**
     * Classes that transformers builds anew from the vocabulary and tokenizer_config.json, whatever tokenizer.json
     * says.
     */
    private static final Set<String> BERT_CLASSES = Set.of("BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer",
            "ConvBertTokenizer", "MobileBertTokenizer", "SqueezeBertTokenizer", "LayoutLMTokenizer", "LxmertTokenizer",
            "DPRContextEncoderTokenizer", "DPRQuestionEncoderTokenizer", "DPRReaderTokenizer");
    /** Values of {@code model_type} that mean one of these classes when no file names a class. */
    private static final Set<String> BERT_MODELS = Set.of("align", "bark", "bert", "blip", "bros", "chinese_clip",
            "convbert", "distilbert", "electra", "ernie", "flava", "git", "grounding-dino", "layoutlm", "megatron-bert",
            "mm-grounding-dino", "mobilebert", "nezha", "nomic_bert", "qdqbert", "realm", "retribert", "squeezebert",
            "tvp", "vilt", "visual_bert");

    private final TokenizerFiles files;
    private final JsonObject config;
    /** tokenizer.json, or null. */
    private final JsonObject serialized;
    private final boolean isBert;

    TokenizerLoader(Path folder) {
        files = new TokenizerFiles(folder);
        var stated = files.json(CONFIG);
        config = stated == null ? new JsonObject(folder.resolve(CONFIG), Map.of()) : stated;
        serialized = files.json(SERIALIZED);
        if (serialized == null && !files.has("vocab.txt")) {
            throw new TokenizerException(folder, "the folder has no tokenizer: neither tokenizer.json nor vocab.txt");
        }
        isBert = isBert(stated != null);
    }

    Tokenizer load() {
        var vocabulary = serialized == null ? files.vocabulary() : vocabulary();
        var special = new SpecialTokens(files, config, serialized, isBert);
        var builder = new AddedTokens.Builder(vocabulary);
        if (!isBert) {
            builder.add(SpecialTokens.serializedTokens(serialized).stream().map(Map.Entry::getValue).toList());
        }
        builder.add(special.all(builder.added()));
        var texts = texts(vocabulary, builder);
        var settings = isBert ? bertModel(special) : serializedModel();
        if (!vocabulary.containsKey(settings.unknown())) {
            throw lacks("unk_token", settings.unknown());
        }
        var normalizer = new Normalizer(isBert ? bertNormalizer() : serializedNormalizer());
        var added = builder.build(normalizer, config.flag("split_special_tokens", false));
        var template = isBert
                ? Template.around(required(special, "cls_token", builder), required(special, "sep_token", builder))
                : Template.of(only(serialized.object("post_processor"), "processors"), texts.length);
        var model = new WordPiece(vocabulary, settings);
        var pipeline = new Tokenizer.Pipeline(added, normalizer, model, template);
        var lengths =
                new Tokenizer.Lengths(padId(special, builder), isLeft("padding"), isLeft("truncation"), maxLength());
        return new Tokenizer(pipeline, lengths, texts);
    }

    /**
     * Whether the tokenizer is one of {@link #BERT_CLASSES}: by the class that a file names, else by the model's type.
     *
     * <p>Where no file says (transformers then needs to be told), a vocab.txt or a tokenizer_config.json speaks for BERT,
     * and a tokenizer.json alone for itself.
     */
    private boolean isBert(boolean hasConfig) {
        var model = files.json("config.json");
        var name = config.text("tokenizer_class", model == null ? null : model.text("tokenizer_class", null));
        if (name != null) {
            boolean isBertClass =
                    BERT_CLASSES.contains(name.endsWith("Fast") ? name.substring(0, name.length() - 4) : name);
            if (!isBertClass && serialized == null) {
                throw new TokenizerException(files.folder(), "a tokenizer of class " + name
                        + " can't be made of vocab.txt alone; BertTokenizer can, others need tokenizer.json");
            }
            return isBertClass;
        }
        var type = model == null ? null : model.text("model_type", null);
        return type != null && BERT_MODELS.contains(type) || serialized == null || hasConfig && type == null;
    }

    private Map<String, Integer> vocabulary() {
        var model = model();
        var type = model.text("type",
                model.has("continuing_subword_prefix") && !model.has("merges") ? "WordPiece" : "unnamed");
        if (!type.equals("WordPiece")) {
            throw new TokenizerException(serialized.file(),
                    "the tokenizer is of type " + type + "; only WordPiece is supported");
        }
        var vocab = model.object("vocab");
        if (vocab == null) {
            throw model.error("vocab", "an object of tokens and their ids", null);
        }
        var ids = new HashMap<String, Integer>(vocab.keys().size() * 2);
        var taken = new BitSet();
        for (var token : vocab.keys()) {
            int id = vocab.integer(token, TokenizerFiles.MOST_IDS);
            if (token.length() > TokenizerFiles.LONGEST_TOKEN) {
                throw vocab.error(token, "a token of up to " + TokenizerFiles.LONGEST_TOKEN + " characters", id);
            }
            if (taken.get(id)) {
                throw vocab.error(token, "an id that no other token has", id);
            }
            taken.set(id);
            ids.put(token, id);
        }
        return ids;
    }

    private JsonObject model() {
        var model = serialized.object("model");
        if (model == null) {
            throw serialized.error("model", "an object", null);
        }
        return model;
    }

    private WordPiece.Settings bertModel(SpecialTokens special) {
        return new WordPiece.Settings(special.text("unk_token"), "##", 100);
    }

    private WordPiece.Settings serializedModel() {
        var model = model();
        int longest = model.has("max_input_chars_per_word")
                ? model.integer("max_input_chars_per_word", Integer.MAX_VALUE)
                : 100;
        return new WordPiece.Settings(model.text("unk_token", "[UNK]"), model.text("continuing_subword_prefix", "##"),
                longest);
    }

    private Normalizer.Settings bertNormalizer() {
        return new Normalizer.Settings(true, config.flag("tokenize_chinese_chars", true),
                config.flag("strip_accents", null), config.flag("do_lower_case", true));
    }

    private Normalizer.Settings serializedNormalizer() {
        var splitter = only(serialized.object("pre_tokenizer"), "pretokenizers");
        requireType(splitter, "pre_tokenizer", "BertPreTokenizer");
        var normalizer = only(serialized.object("normalizer"), "normalizers");
        if (normalizer == null) {
            return new Normalizer.Settings(false, false, false, false);
        }
        requireType(normalizer, "normalizer", "BertNormalizer");
        return new Normalizer.Settings(normalizer.flag("clean_text", true),
                normalizer.flag("handle_chinese_chars", true), normalizer.flag("strip_accents", null),
                normalizer.flag("lowercase", true));
    }

    private void requireType(JsonObject component, String name, String type) {
        var found = component == null ? "null" : component.text("type", "unnamed");
        if (!found.equals(type)) {
            throw new TokenizerException(serialized.file(),
                    "the " + name + " " + found + " is not supported; " + type + " is");
        }
    }

    /** A component, or the one that a sequence holds. */
    private static JsonObject only(JsonObject component, String list) {
        if (component != null && component.text("type", "").equals("Sequence") && component.list(list).size() == 1) {
            return component.of(list, component.list(list).getFirst());
        }
        return component;
    }

    private String[] texts(Map<String, Integer> vocabulary, AddedTokens.Builder builder) {
        int highest = -1;
        long units = 0;
        for (var entry : vocabulary.entrySet()) {
            highest = Math.max(highest, entry.getValue());
            units += entry.getKey().length();
        }
        for (var entry : builder.byId().entrySet()) {
            highest = Math.max(highest, entry.getKey());
            units += entry.getValue().content().length();
        }
        if (units > Trie.MOST_UNITS) {
            throw new TokenizerException(files.folder(),
                    "the vocabulary has more than " + Trie.MOST_UNITS + " characters");
        }
        var texts = new String[highest + 1];
        vocabulary.forEach((text, id) -> texts[id] = text);
        builder.byId().forEach((id, token) -> texts[id] = token.content());
        return texts;
    }

    private int required(SpecialTokens special, String name, AddedTokens.Builder builder) {
        var text = special.text(name);
        if (!builder.isInVocabulary(text) && !special.isAdded(text)) {
            throw lacks(name, text);
        }
        return builder.id(text);
    }

    private int padId(SpecialTokens special, AddedTokens.Builder builder) {
        if (isBert) {
            return required(special, "pad_token", builder);
        }
        var text = special.text("pad_token");
        var id = builder.id(text == null ? "[PAD]" : text);
        return id == null ? -1 : id;
    }

    private TokenizerException lacks(String name, String text) {
        var file = files.folder().resolve(serialized == null ? "vocab.txt" : SERIALIZED);
        return new TokenizerException(file,
                "the vocabulary lacks the special token " + text + ", which is the tokenizer's " + name);
    }

    /** Whether padding or truncation happens at the text's beginning. */
    private boolean isLeft(String what) {
        var stored = serialized == null ? null : serialized.object(what);
        var side = config.text(what + "_side", stored == null ? "right" : stored.text("direction", "right"));
        return switch (side) {
            case "left", "Left" -> true;
            case "right", "Right" -> false;
            default -> throw config.error(what + "_side", "\"left\" or \"right\"", side);
        };
    }

    private int maxLength() {
        var value = config.get("model_max_length") != null ? config.get("model_max_length") : config.get("max_len");
        if (value == null) {
            return Integer.MAX_VALUE;
        }
        if (!(value instanceof Number number) || !(number.doubleValue() >= 1)) {
            throw config.error("model_max_length", "a number from 1 on", value);
        }
        return (int) number.doubleValue();
    }
}
