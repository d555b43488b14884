// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.core.AvocetException;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.TensorSource;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;

/** Any bytes as a config.json: refused, or a model that knows which tensors it wants. */
public final class ConfigFuzz {
    private static final Path FILE = Path.of("config.json");

    private ConfigFuzz() {}

    /** A checkpoint without tensors; each that a model wants is missing, which is no error here. */
    private record Nothing() implements TensorSource {
        @Override
        public Set<String> names() {
            return Set.of();
        }

        @Override
        public HostTensor tensor(String name) {
            throw new IllegalStateException(name);
        }

        @Override
        public String origin(String name) {
            return "nowhere";
        }
    }

    /** The bytes are the file's. */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            var fields = JsonFile.object(input, FILE, Code.BAD_JSON, Code.DUPLICATE_KEY);
            Model.load(new Config(FILE.toString(), fields), Weights.comparing(new Nothing(), new ArrayList<>()));
        } catch (AvocetException refused) {
            if (refused.getMessage().length() > 10_000) {
                throw refused;
            }
        }
    }
}
