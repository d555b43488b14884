// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import dev.avocet.core.model.Config;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.JsonFile;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** Writes weights that no one trained: for measuring, where only sizes count. */
public final class RandomCheckpoint {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int CHUNK = 1 << 16;

    private RandomCheckpoint() {}

    /**
     * Writes model.safetensors for the config.json of a folder; what was there is replaced.
     *
     * <p>The numbers are made in a scratch file of the same size beside it, not on the heap.
     */
    public static void write(Path folder, long seed) throws IOException {
        var file = folder.resolve("config.json");
        var layout = Layouts.of(new Config(file.toString(), JsonFile.read(file)), seed);
        long bytes = layout.weights().stream().mapToLong(RandomCheckpoint::bytes).sum();
        var scratch = Files.createTempFile(folder, ".random", ".part");
        try (var channel = FileChannel.open(scratch, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
                var arena = Arena.ofShared()) {
            var tensors = fill(layout, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena));
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors,
                    Map.of("format", "pt", "seed", Long.toString(seed)));
        }
    }

    private static Map<String, HostTensor> fill(Layout layout, MemorySegment memory) {
        var tensors = new HashMap<String, HostTensor>();
        long offset = 0;
        for (var weight : layout.weights()) {
            var data = memory.asSlice(offset, bytes(weight));
            tensors.put(weight.name(), new HostTensor(DType.F32, weight.shape(), data));
            offset += data.byteSize();
        }
        layout.weights().parallelStream().forEach(weight -> fill(weight, tensors.get(weight.name()).data()));
        for (var name : layout.counters()) {
            tensors.put(name, new HostTensor(DType.I64, Shape.SCALAR, MemorySegment.ofArray(new long[1])));
        }
        return tensors;
    }

    private static void fill(RandomWeight weight, MemorySegment data) {
        var chunk = new float[CHUNK];
        long count = weight.shape().elements();
        for (long from = 0; from < count; from += CHUNK) {
            int length = (int) Math.min(CHUNK, count - from);
            weight.read(from, chunk, 0, length);
            MemorySegment.copy(chunk, 0, data, FLOAT, from * Float.BYTES, length);
        }
    }

    private static long bytes(RandomWeight weight) {
        return weight.shape().elements() * Float.BYTES;
    }
}
