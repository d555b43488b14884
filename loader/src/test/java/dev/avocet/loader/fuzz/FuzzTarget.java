// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fuzz;

import dev.avocet.loader.checkpoint.ArchiveFuzz;
import dev.avocet.loader.checkpoint.ConfigFuzz;
import dev.avocet.loader.checkpoint.HeaderFuzz;
import dev.avocet.loader.checkpoint.IndexFuzz;
import dev.avocet.loader.checkpoint.PickleFuzz;
import dev.avocet.loader.image.ImageFuzz;
import dev.avocet.loader.tokenizer.TokenizerFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What strangers' bytes reach, each with a class that Jazzer calls and a folder of inputs: seeds and old findings. */
enum FuzzTarget {
    HEADER(HeaderFuzz.class, "fuzz/header"),
    INDEX(IndexFuzz.class, "fuzz/index"),
    PICKLE(PickleFuzz.class, "fuzz/pickle"),
    ARCHIVE(ArchiveFuzz.class, "fuzz/archive"),
    TOKENIZER(TokenizerFuzz.class, "fuzz/tokenizer"),
    CONFIG(ConfigFuzz.class, "fuzz/config"),
    IMAGE(ImageFuzz.class, "image/kinds");

    private static final Path RESOURCES = Path.of("src/test/resources");

    private final Class<?> type;
    private final String inputs;

    FuzzTarget(Class<?> type, String inputs) {
        this.type = type;
        this.inputs = inputs;
    }

    /** The class with {@code fuzzerTestOneInput}. */
    Class<?> type() {
        return type;
    }

    /** The folder of inputs, from the module's folder. */
    Path folder() {
        return RESOURCES.resolve(inputs);
    }

    /** The inputs. */
    List<Path> inputs() throws IOException {
        try (var files = Files.list(folder())) {
            return files.sorted().toList();
        }
    }
}
