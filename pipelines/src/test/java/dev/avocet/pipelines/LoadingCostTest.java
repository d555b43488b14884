// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What loading a model up to its first result costs, by what the kernel counts. */
class LoadingCostTest {
    private static final long MEGABYTE = 1_000_000;

    /** The counters after something, less those before. */
    private record Cost(long calls, long disk, long memory) {
        static Cost now() throws IOException {
            return new Cost(number("/proc/self/io", "rchar"), number("/proc/self/io", "read_bytes"),
                    number("/proc/self/smaps_rollup", "Private_Dirty") * 1024);
        }

        Cost since(Cost before) {
            return new Cost(calls - before.calls, disk - before.disk, memory - before.memory);
        }

        private static long number(String file, String name) throws IOException {
            var line =
                    Files.readAllLines(Path.of(file)).stream().filter(each -> each.startsWith(name + ":")).findFirst();
            return Long.parseLong(line.orElseThrow().replaceAll("\\D", ""));
        }
    }

    /** Only large models tell, and none comes with the project: {@code bench/generate} writes one. */
    @Test
    void weightsAreReadOnceThroughTheMappingAndHeldOnce() throws IOException, InterruptedException {
        var named = System.getenv("AVOCET_TEST_CHECKPOINT");
        assumeTrue(named != null, "AVOCET_TEST_CHECKPOINT names no folder with a large ViT");
        var folder = Path.of(named);
        run(Bundled.TINY_VIT, 32, _ -> {}); // what the JVM reads and takes for itself
        long tensors;
        Path file;
        try (var checkpoint = Checkpoint.open(folder)) {
            file = checkpoint.files().getFirst();
            tensors = checkpoint.tensors().stream().mapToLong(StoredTensor::bytes).sum();
        }
        long size = Files.size(file);
        forget(file);
        System.gc();
        var before = Cost.now();
        run(folder, 384, packed -> {
            var cost = Cost.now().since(before);
            IO.println(
                    "%s: %,d bytes by calls, %.4f of the file from the disk, %,d bytes more than %,d packed".formatted(
                            file, cost.calls(), (double) cost.disk() / size, cost.memory() - packed, packed));
            assertTrue(cost.calls() <= size - tensors + MEGABYTE);
            assertTrue(cost.disk() <= 1.02 * size);
            assertTrue(cost.memory() <= packed + 64 * MEGABYTE);
        });
    }

    /** What to do with a model that was run and is still loaded. */
    private interface Loaded {
        void measure(long packedBytes) throws IOException;
    }

    private static void run(Path folder, int pixels, Loaded loaded) throws IOException {
        try (var pretrained = Pretrained.open(folder);
                var device = Device.firstOf(TestDevices.fastest());
                var session = Session.open("vit", pretrained.model()::forward, device)) {
            var shape = Shape.of(1, 3, pixels, pixels);
            var picture = HostTensor.of(shape, new float[(int) shape.elements()]);
            session.run(Map.of("pixel_values", picture), List.of("logits"));
            loaded.measure(session.weightBytes());
        }
    }

    /** Drops the file from the page cache. */
    private static void forget(Path file) throws IOException, InterruptedException {
        var dd = new ProcessBuilder("dd", "of=" + file.toRealPath(), "oflag=nocache", "conv=notrunc,fdatasync",
                "count=0");
        assertEquals(0, dd.redirectErrorStream(true).start().waitFor());
    }
}
