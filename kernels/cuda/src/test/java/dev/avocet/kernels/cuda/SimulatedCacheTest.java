// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found out once and kept: machine code, the fastest algorithm of each product, the fastest plan of each graph. */
@Simulated(SimulatedGpu.A100)
class SimulatedCacheTest {
    private static final int HASH_BYTES = 32;
    private static final int ALGORITHM_BYTES = 64;
    private static final Random RANDOM = new Random(7);
    private static final Weight WEIGHT = TestWeight.random(RANDOM, 48, 32);
    private static final Shape SHAPE = Shape.of(1, 9, 32);
    private static final HostTensor INPUT = HostTensor.of(SHAPE, TestWeight.random(RANDOM, 1, 9, 32).values());
    /** Every damaged file is logged. */
    private static final Logger LOG = Logger.getLogger(DiskCache.class.getName());

    private final Simulator simulator = Simulator.get();

    @BeforeAll
    static void logNothing() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void logAgain() {
        LOG.setLevel(null);
    }

    /** A graph that needs cuBLAS, cuDNN and an own kernel. */
    private static Graph graph() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, SHAPE);
        var attended = ops.attention(x, x, x, null, 2, 0.25f).context();
        return ops.graph(Map.of("y", ops.softmax(ops.linear(attended, WEIGHT, null))));
    }

    /** Opens a device with a cache, computes, and closes; the result. */
    private static float[] life(Path folder) {
        var driver = new Driver();
        if (driver.init() != 0) {
            throw new BackendUnavailable("the driver does not start");
        }
        try (var device =
                CudaBackend.open(driver, Gpu.of(driver, 0), DeviceOptions.ofThreads(1), new DiskCache(folder));
                var compiler = device.newCompiler(Precision.F16)) {
            var result = HostTensor.zeros(DType.F32, Shape.of(1, 9, 48));
            compiler.compile(graph()).run(List.of(INPUT), List.of(result));
            return result.toFloats();
        }
    }

    private List<String> calls(Path folder) {
        simulator.start(SimulatedGpu.A100);
        simulator.fail(0, 0);
        life(folder);
        return simulator.calls();
    }

    private static Map<String, byte[]> files(Path folder) throws IOException {
        var found = new TreeMap<String, byte[]>();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                found.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return found;
    }

    private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> found) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((name, bytes) -> assertArrayEquals(bytes, found.get(name), name));
    }

    @Test
    void theFastestIsLookedForOnce(@TempDir Path folder) throws IOException {
        var first = calls(folder);
        assertTrue(first.contains("cublasLtMatmulAlgoGetHeuristic"));
        assertTrue(first.contains("cuEventElapsedTime"));
        var kept = files(folder);
        var algorithm = kept.values().stream().filter(file -> file.length == HASH_BYTES + ALGORITHM_BYTES).findAny();
        assertEquals(2, ByteBuffer.wrap(algorithm.orElseThrow()).order(ByteOrder.LITTLE_ENDIAN)
                .getLong(HASH_BYTES + Long.BYTES), "the third algorithm is the fastest here");
        var second = calls(folder);
        assertFalse(second.contains("cublasLtMatmulAlgoGetHeuristic"));
        assertFalse(second.contains("cuEventElapsedTime"));
        assertFalse(second.contains("nvrtcCompileProgram"));
        assertSame(kept, files(folder));
    }

    @Test
    void aResultHasTheSameBitsWhetherTheFastestWasFoundOrKept(@TempDir Path folder) {
        simulator.start(SimulatedGpu.A100);
        assertArrayEquals(life(folder), life(folder));
    }

    @Test
    void damagedFilesAreMadeAgain(@TempDir Path folder) throws IOException {
        simulator.start(SimulatedGpu.A100);
        var expected = life(folder);
        var whole = files(folder);
        for (int damage = 0; damage < 4; damage++) {
            for (var file : whole.entrySet()) {
                Files.write(folder.resolve(file.getKey()), damaged(file.getValue(), damage));
            }
            assertArrayEquals(expected, life(folder));
            assertEquals(whole.keySet(), files(folder).keySet());
            assertFalse(calls(folder).contains("nvrtcCompileProgram"));
        }
    }

    private static byte[] damaged(byte[] file, int damage) {
        var bytes = file.clone();
        return switch (damage) {
            case 0 -> new byte[0];
            case 1 -> Arrays.copyOf(bytes, bytes.length / 2);
            case 2 -> Arrays.copyOf(bytes, bytes.length + 1);
            default -> {
                bytes[bytes.length - 1] ^= 1;
                yield bytes;
            }
        };
    }

    /** The name of a file is a hash of the library's version and the GPU among others. */
    @Test
    void whatIsKeptForAnotherGpuIsLeftAlone(@TempDir Path folder) throws IOException {
        calls(folder);
        var kept = files(folder);
        simulator.start(SimulatedGpu.H100);
        simulator.fail(0, 0);
        life(folder);
        assertTrue(simulator.calls().contains("cublasLtMatmulAlgoGetHeuristic"));
        var both = files(folder);
        kept.forEach((name, bytes) -> assertArrayEquals(bytes, both.get(name)));
        assertEquals(2 * kept.size(), both.size());
    }

    @Test
    void whateverFailsWhileTheFastestIsLookedForLeavesNothingBehind(@TempDir Path parent) throws IOException {
        var calls = calls(parent.resolve("first"));
        var wrong = new TreeSet<String>();
        for (int i = 0; i < calls.size(); i += FaultInjectionTest.ALL_WAYS ? 1 : 3) {
            var folder = parent.resolve(Integer.toString(i));
            var function = calls.get(i);
            simulator.start(SimulatedGpu.A100);
            simulator.fail(i + 1, FaultInjectionTest.failures(function).get(i % 2));
            try {
                life(folder);
            } catch (AvocetException e) {
                assertFalse(e.getMessage().isEmpty());
            } catch (RuntimeException | Error e) {
                wrong.add(function + " gave " + e);
            }
            if (simulator.open() != 0) {
                wrong.add(function + " left handles");
            }
            simulator.defects().forEach(defect -> wrong.add(function + ": " + defect));
            delete(folder);
        }
        simulator.start(SimulatedGpu.A100);
        assertEquals("", String.join("\n", wrong));
    }

    private static void delete(Path folder) {
        try {
            if (Files.exists(folder)) {
                for (var file : files(folder).keySet()) {
                    assertFalse(file.endsWith(".part"), "a file is half written");
                    Files.delete(folder.resolve(file));
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
