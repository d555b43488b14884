// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.ConfigException;
import dev.avocet.loader.checkpoint.JsonFile;
import dev.avocet.pipelines.Pooling.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What the files of a sentence-transformers checkpoint (versions 2 to 5) say: modules.json, sentence_bert_config.json,
 * the configuration of each module, and config_sentence_transformers.json. Whatever would change a vector and isn't
 * implemented here is refused by its name.
 *
 * @param transformer the folder of the network and its tokenizer
 * @param maxTokens what texts are cut to, special tokens counted; empty for as many as the network takes
 * @param prompt what every text begins with, mostly nothing
 */
record SentenceModules(Path transformer, OptionalInt maxTokens, String prompt, int width, Pooling pooling) {
    private static final String PACKAGE = "sentence_transformers.";

    /** Reads a folder. */
    static SentenceModules read(Path folder) {
        var file = folder.resolve("modules.json");
        if (!Files.exists(file)) {
            throw new ConfigException(folder + " has no modules.json, so it is no sentence-transformers checkpoint");
        }
        var modules = modules(file);
        var kinds = modules.stream().map(module -> kind(module)).toList();
        if (!kinds.equals(List.of("Transformer", "Pooling"))
                && !kinds.equals(List.of("Transformer", "Pooling", "Normalize"))) {
            throw new ConfigException(file + ": wanted the modules Transformer, Pooling and, if any more, Normalize;"
                    + " found " + String.join(", ", kinds));
        }
        var transformer = path(folder, modules.getFirst());
        var pooling = config(path(folder, modules.get(1)).resolve("config.json"));
        var prompt = prompt(config(folder.resolve("config_sentence_transformers.json")));
        requirePromptCounts(pooling, prompt);
        if (modules.size() > 2) {
            requireOfSentence(config(path(folder, modules.get(2)).resolve("config.json")));
        }
        return new SentenceModules(transformer, maxTokens(transformer), prompt, width(pooling),
                new Pooling(modes(pooling), modules.size() > 2));
    }

    private static List<Config> modules(Path file) {
        var modules = new ArrayList<Config>();
        for (var each : JsonFile.readList(file)) {
            if (!(each instanceof Map<?, ?>)) {
                throw new ConfigException(file + ": module " + modules.size() + " is no object");
            }
            modules.add(new Config(file + ": module " + modules.size(), Map.of("m", each)).at("m"));
        }
        return modules;
    }

    /** The name of the module's class; the packages changed from version to version. */
    private static String kind(Config module) {
        var type = module.text("type", "");
        module.require("type", type.startsWith(PACKAGE), "a class of sentence_transformers");
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private static Path path(Path folder, Config module) {
        var path = module.text("path", "");
        var resolved = folder.resolve(path).normalize();
        module.require("path", resolved.startsWith(folder.normalize()), "a folder inside of " + folder);
        return resolved;
    }

    private static Config config(Path file) {
        return new Config(file.toString(), Files.exists(file) ? JsonFile.read(file) : Map.of());
    }

    private static OptionalInt maxTokens(Path transformer) {
        var config = config(transformer.resolve("sentence_bert_config.json"));
        var task = config.text("transformer_task", "feature-extraction");
        config.require("transformer_task", task.equals("feature-extraction"), "\"feature-extraction\"");
        var output = config.text("module_output_name", "token_embeddings");
        config.require("module_output_name", output.equals("token_embeddings"), "\"token_embeddings\"");
        if (config.flag("do_lower_case", false)) {
            var tokenizer = config(transformer.resolve("tokenizer_config.json"));
            config.require("do_lower_case", tokenizer.flag("do_lower_case", true),
                    "false where the tokenizer keeps capitals");
        }
        return config.has("max_seq_length")
                ? OptionalInt.of(config.positive("max_seq_length", 1))
                : OptionalInt.empty();
    }

    private static String prompt(Config config) {
        var name = config.text("default_prompt_name", null);
        if (name == null) {
            return "";
        }
        var prompt = config.at("prompts").text(name, null);
        config.require("default_prompt_name", prompt != null, "one of the prompts");
        return prompt;
    }

    private static void requirePromptCounts(Config pooling, String prompt) {
        pooling.require("include_prompt", prompt.isEmpty() || pooling.flag("include_prompt", true),
                "true, as the model has a default prompt");
    }

    private static void requireOfSentence(Config normalize) {
        for (var field : List.of("module_input_name", "module_output_name")) {
            normalize.require(field, normalize.text(field, "sentence_embedding").equals("sentence_embedding"),
                    "\"sentence_embedding\"");
        }
    }

    private static int width(Config pooling) {
        var field = pooling.has("embedding_dimension") ? "embedding_dimension" : "word_embedding_dimension";
        pooling.require(field, pooling.has(field), "the width of the network");
        return pooling.positive(field, 1);
    }

    private static List<Mode> modes(Config pooling) {
        requireKnownModes(pooling);
        if (pooling.has("pooling_mode")) {
            var names = pooling.fields().get("pooling_mode") instanceof String name
                    ? List.of(name)
                    : pooling.texts("pooling_mode", List.of());
            pooling.require("pooling_mode", !names.isEmpty(), "at least one mode");
            return names.stream().map(name -> mode(pooling, name)).toList();
        }
        var chosen = Arrays.stream(Mode.values()).filter(mode -> pooling.flag(mode.legacyField(), false)).toList();
        return chosen.isEmpty() ? List.of(Mode.MEAN) : chosen;
    }

    private static Mode mode(Config pooling, String name) {
        for (var mode : Mode.values()) {
            if (mode.label().equals(name)) {
                return mode;
            }
        }
        throw new ConfigException(pooling.source() + ": \"pooling_mode\" \"" + name + "\" is not known; known are "
                + Arrays.stream(Mode.values()).map(Mode::label).toList());
    }

    private static void requireKnownModes(Config pooling) {
        for (var field : pooling.fields().keySet()) {
            boolean known = Arrays.stream(Mode.values()).anyMatch(mode -> mode.legacyField().equals(field));
            pooling.require(field, known || !field.startsWith("pooling_mode_") || !pooling.flag(field, false),
                    "false: this mode is not known");
        }
    }
}
