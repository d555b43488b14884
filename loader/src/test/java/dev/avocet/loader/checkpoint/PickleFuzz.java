// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Any bytes as a data.pkl: refused, or tensors within the storages that there are. */
public final class PickleFuzz {
    private static final Path FILE = Path.of("pytorch_model.bin");
    /** Storages 0 to 9 of 0 to 9 times 8 bytes. */
    private static final Map<String, ZipDirectory.Entry> ENTRIES = IntStream.range(0, 10).boxed()
            .collect(Collectors.toMap(Object::toString, i -> new ZipDirectory.Entry(0, 100L * i, 8L * i)));
    private static final MemorySegment DATA = MemorySegment.ofArray(new byte[1000]);

    private PickleFuzz() {}

    /** The bytes are the pickle's. */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            var names = new HashSet<String>();
            for (var tensor : TorchPickle.read(FILE, input, ENTRIES::get)) {
                long place = tensor.begin() / 100;
                boolean isInside = tensor.end() >= tensor.begin() && tensor.end() <= 100 * place + 8 * place;
                if (!isInside || !names.add(tensor.name())) {
                    throw new IllegalStateException("accepted: " + tensor);
                }
                if (!tensor.isInOrder() && tensor.bytes() < 1 << 16) {
                    var span = DATA.asSlice(tensor.begin(), tensor.end() - tensor.begin());
                    Strided.inOrder(span, tensor, tensor.type().bits() / Byte.SIZE);
                }
            }
        } catch (CheckpointException refused) {
            if (refused.getMessage().length() > 2000) {
                throw refused;
            }
        }
    }
}
