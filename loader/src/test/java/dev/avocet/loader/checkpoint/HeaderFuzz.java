// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;

/** Any bytes as a safetensors file: refused, or tensors one behind the other up to its end. */
public final class HeaderFuzz {
    private static final Path FILE = Path.of("model.safetensors");

    private HeaderFuzz() {}

    /** Two bytes for the length of the data, the rest is the header: a fuzzer should not have to guess a sum. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        long dataBytes = Byte.toUnsignedLong(input[0]) << Byte.SIZE | Byte.toUnsignedLong(input[1]);
        try {
            var contents = SafetensorsHeader.parse(FILE, Arrays.copyOfRange(input, 2, input.length), dataBytes);
            var names = new HashSet<String>();
            var end = 0L;
            for (var tensor : contents.tensors()) {
                require(tensor.begin() == end && tensor.end() >= end && names.add(tensor.name()), tensor);
                long elements = tensor.shape().stream().reduce(1L, Math::multiplyExact);
                require(tensor.bytes() * Byte.SIZE == elements * tensor.type().bits(), tensor);
                end = tensor.end();
            }
            require(end == dataBytes, contents);
        } catch (CheckpointException refused) {
            require(refused.getMessage().length() < 1500, refused);
        }
    }

    private static void require(boolean holds, Object found) {
        if (!holds) {
            throw new IllegalStateException("accepted: " + found);
        }
    }
}
