// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.loader.checkpoint.JsonFile;
import dev.avocet.loader.hub.HubException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which files of a repository make up a model that Avocet can read. */
final class ModelFiles {
    private static final String CONFIG = "config.json";
    private static final List<String> BESIDES = List.of("preprocessor_config.json", "processor_config.json",
            "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt",
            "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json");
    /** Where sentence-transformers has the configuration of a module: {@code 1_Pooling/config.json}. */
    private static final Pattern MODULE = Pattern.compile("\\d+_\\w+/config\\.json");
    /** The first that is there is taken. */
    private static final List<String> WEIGHTS = List.of("model.safetensors", "model.safetensors.index.json",
            "pytorch_model.bin", "pytorch_model.bin.index.json");
    private static final Set<String> TENSORFLOW = Set.of(".ckpt", ".pb", ".h5", ".index", ".data-00000-of-00001");
    /** Repositories with the authors' TensorFlow files, and those with the same model in Hugging Face's format. */
    private static final Map<String, String> EQUIVALENTS = Map.of(
            "kakaobrain/coyo-align-b7-base", "kakaobrain/align-base",
            "kakaobrain/vit-l16-coyo-labeled-300m-i1k384", "kakaobrain/vit-large-patch16-384",
            "kakaobrain/vit-l16-coyo-labeled-300m-i1k512", "kakaobrain/vit-large-patch16-512",
            "kakaobrain/vit-l16-coyo-labeled-300m", "kakaobrain/vit-large-patch16-384, which is fine-tuned from it");

    private ModelFiles() {}

    /** A commit's files, as far as they have to be known. */
    interface Contents {
        /** All names. */
        Set<String> names();

        /** A small file, which is downloaded first where that is needed. */
        Path file(String name);
    }

    /** The names of the model's files; throws {@link HubException} where there is none. */
    static List<String> of(RepoName name, Contents contents) {
        var names = contents.names();
        var weights = WEIGHTS.stream().filter(names::contains).findFirst();
        if (!names.contains(CONFIG) || weights.isEmpty()) {
            throw refusal(name, names);
        }
        var chosen = new ArrayList<String>();
        chosen.add(CONFIG);
        BESIDES.stream().filter(names::contains).forEach(chosen::add);
        if (names.contains("modules.json")) {
            names.stream().filter(each -> MODULE.matcher(each).matches()).sorted().forEach(chosen::add);
        }
        chosen.add(weights.get());
        if (weights.get().endsWith(".index.json")) {
            chosen.addAll(shards(name, contents.file(weights.get())));
        }
        return chosen;
    }

    private static Set<String> shards(RepoName name, Path index) {
        var shards = new TreeSet<String>();
        if (JsonFile.read(index).get("weight_map") instanceof Map<?, ?> map) {
            map.values().forEach(shard -> shards.add(String.valueOf(shard)));
        }
        if (shards.isEmpty()) {
            throw new HubException(Reason.NOT_A_MODEL, index.getFileName() + " of " + name.title() + " names no files");
        }
        return shards;
    }

    private static HubException refusal(RepoName name, Set<String> names) {
        var equivalent = EQUIVALENTS.get(name.id());
        if (equivalent != null) {
            return new HubException(Reason.NOT_A_MODEL, name.title()
                    + " has TensorFlow files, which Avocet does not read; the same model is " + equivalent);
        }
        boolean isTensorflow = names.stream().anyMatch(each -> TENSORFLOW.stream().anyMatch(each::endsWith));
        return new HubException(Reason.NOT_A_MODEL, name.title() + (isTensorflow
                ? " has TensorFlow files only, which Avocet does not read"
                : " has no " + (names.contains(CONFIG) ? String.join(" or ", WEIGHTS) : CONFIG)));
    }
}
