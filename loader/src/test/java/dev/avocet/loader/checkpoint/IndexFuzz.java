// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.nio.file.Path;

/** Any bytes as a model.safetensors.index.json: refused, or a map to plain names of files in the same folder. */
public final class IndexFuzz {
    private static final Path FILE = Path.of("/models/m/model.safetensors.index.json");

    private IndexFuzz() {}

    /** The bytes are the file's. */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            var index = ShardIndex.of(FILE, JsonFile.object(input, FILE, Code.BAD_INDEX, Code.BAD_INDEX));
            for (var name : index.fileOf().values()) {
                var shard = FILE.resolveSibling(name).normalize();
                if (!shard.getParent().equals(FILE.getParent()) || !shard.toString().endsWith(".safetensors")) {
                    throw new IllegalStateException("accepted: " + shard);
                }
            }
        } catch (CheckpointException refused) {
            if (refused.code() != Code.BAD_INDEX && refused.code() != Code.TOO_MANY_KEYS) {
                throw refused;
            }
        }
    }
}
