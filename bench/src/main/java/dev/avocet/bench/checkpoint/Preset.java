// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A published model whose size and files are imitated, under its name on the hub. */
public enum Preset {
    /** {@code kakaobrain/vit-large-patch16-384}: 304,715,752 parameters, 1.22 GB. */
    VIT_LARGE("vit-large-patch16-384"),
    /** {@code kakaobrain/align-base}: EfficientNet-B7 and BERT-base, 172,117,841 parameters, 690 MB. */
    ALIGN_BASE("align-base"),
    /** {@code sentence-transformers/all-MiniLM-L6-v2}: 22,713,216 parameters, 91 MB. */
    MINILM("all-minilm-l6-v2");

    private final String id;

    Preset(String id) {
        this.id = id;
    }

    /** The name, as in {@code align-base}. */
    public String id() {
        return id;
    }

    /** The preset of this name. */
    public static Preset of(String id) {
        return Arrays.stream(values()).filter(preset -> preset.id.equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no preset \"" + id + "\"; there are "
                        + Arrays.stream(values()).map(Preset::id).collect(Collectors.joining(", "))));
    }

    private List<String> files() {
        return switch (this) {
            case VIT_LARGE -> List.of("config.json", "preprocessor_config.json");
            case ALIGN_BASE -> List.of(
                    "config.json", "preprocessor_config.json", "tokenizer_config.json", "special_tokens_map.json");
            case MINILM -> List.of("config.json", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json",
                    "tokenizer_config.json");
        };
    }

    /** Writes the model's folder, the weights last: where model.safetensors is, the rest is too. */
    public void write(Path folder, long seed) throws IOException {
        Files.createDirectories(folder);
        for (var file : files()) {
            try (var bytes = Preset.class.getResourceAsStream(id + "/" + file)) {
                if (bytes == null) {
                    throw new FileNotFoundException("resource " + id + "/" + file);
                }
                var copy = folder.resolve(file);
                Files.createDirectories(copy.getParent());
                Files.copy(bytes, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (this != VIT_LARGE) {
            Files.write(folder.resolve("vocab.txt"), Vocabulary.madeUp());
        }
        RandomCheckpoint.write(folder, seed);
    }

    /** The model's folder below another one, written at the first call. */
    public Path in(Path home) throws IOException {
        var folder = home.resolve(id);
        if (Files.notExists(folder.resolve("model.safetensors"))) {
            System.err.println("writing " + folder + " once: random weights of the size of " + id);
            write(folder, 1);
        }
        return folder;
    }
}
