// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.TensorSource;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.CheckpointException;
import dev.avocet.loader.checkpoint.JsonFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A weight file that is cut short or written to while a model is loaded from it: an exception at every point, no crash. */
class CutFilesTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Map<String, String> FILES = Map.of("vit-square", "model.safetensors", "vit-square-bin",
            "pytorch_model.bin");

    @TempDir
    Path folder;

    static List<String> devices() {
        return TestDevices.names();
    }

    static List<String[]> modelsAndDevices() {
        var cases = new ArrayList<String[]>();
        for (var model : FILES.keySet()) {
            for (var device : TestDevices.names()) {
                cases.add(new String[] {model, device});
            }
        }
        return cases;
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("modelsAndDevices")
    void weightsThatAreGoneWhenTheyAreNeededAreAnError(String model, String device) throws IOException {
        for (double part : new double[] {0, 0.1, 0.5, 0.9}) {
            var file = copy(model);
            long length = (long) (Files.size(file) * part);
            var failure = assertThrows(AvocetException.class, () -> load(model, device, () -> cut(file, length)));
            assertTrue(isOfTheFile(failure), failure + " comes from the file");
        }
    }

    /** The file is cut by another thread, a little later every time, so that all steps of loading are hit. */
    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("modelsAndDevices")
    void aFileCutAtAnyMomentIsAnErrorOrTooLate(String model, String device) throws Exception {
        var random = new Random(1);
        copy(model);
        float[] sound = load(model, device, () -> {});
        for (int i = 0; i < 30; i++) {
            var file = copy(model);
            long length = random.nextLong(Files.size(file));
            long spins = random.nextInt(200_000);
            var cutter = Thread.ofPlatform().unstarted(() -> {
                for (long spin = 0; spin < spins; spin++) {
                    Thread.onSpinWait();
                }
                cut(file, length);
            });
            try {
                float[] result = load(model, device, cutter::start);
                assertTrue(Arrays.equals(sound, result), "a result is right or there is none");
            } catch (AvocetException cut) {
                assertTrue(isOfTheFile(cut), cut + " comes from the file");
            }
            cutter.join();
        }
    }

    /** Cuts the file when the device has read so many tensors, in whichever thread that is. */
    private record Cutting(TensorSource source, AtomicInteger left, Runnable cut) implements TensorSource {
        @Override
        public Set<String> names() {
            return source.names();
        }

        @Override
        public HostTensor tensor(String name) {
            return source.tensor(name);
        }

        @Override
        public String origin(String name) {
            return source.origin(name);
        }

        @Override
        public void release(String name) {
            if (left.getAndDecrement() == 0) {
                cut.run();
            }
            source.release(name);
        }
    }

    /** Threads of the device pack while nobody calls, and the first call packs what they could not. */
    @ParameterizedTest(name = "on {0}")
    @MethodSource("devices")
    void aFileCutAtAnyTensorIsAnErrorOfTheFirstInferenceAndOfAllLaterOnes(String deviceName) {
        var left = new AtomicInteger(-1);
        for (int tensors = 0; left.get() < 0; tensors++) {
            var file = copy("vit-square");
            long length = tensors % 2 == 0 ? 0 : 10_000;
            left.set(tensors);
            try (var checkpoint = Checkpoint.open(folder); var device = Device.firstOf(deviceName)) {
                var config = folder.resolve("config.json");
                var model = Model.load(new Config(config.toString(), JsonFile.read(config)),
                        Weights.of(new Cutting(checkpoint, left, () -> cut(file, length))));
                try (var session = Session.open("vit", model::forward, device)) {
                    for (int call = 0; call < 2; call++) {
                        failsIfCut(session, left);
                    }
                }
            }
        }
    }

    private static void failsIfCut(Session session, AtomicInteger left) {
        try {
            run(session);
            assertTrue(left.get() >= 0, "no result comes from a file that was cut");
        } catch (AvocetException cut) {
            assertTrue(left.get() < 0 && isOfTheFile(cut), cut + " comes from the file");
        }
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("modelsAndDevices")
    void aFileReplacedByRenamingLeavesALoadedModelAsItIs(String model, String device) throws IOException {
        copy(model);
        var sound = load(model, device, () -> {});
        var file = copy(model);
        var replaced = load(model, device, () -> replace(file));
        assertArrayEquals(sound, replaced);
    }

    /** Opens the model, does something, and runs it. */
    private float[] load(String name, String deviceName, Runnable meanwhile) {
        try (var pretrained = Pretrained.open(folder); var device = Device.firstOf(deviceName)) {
            meanwhile.run();
            try (var session = Session.open(name, pretrained.model()::forward, device)) {
                return run(session);
            }
        }
    }

    private static float[] run(Session session) {
        var pixels = HostTensor.of(Shape.of(1, 3, 32, 32), new float[3 * 32 * 32]);
        return session.run(Map.of("pixel_values", pixels), List.of("logits")).get("logits").toFloats();
    }

    private Path copy(String model) {
        try {
            for (var name : List.of("config.json", FILES.get(model))) {
                Files.copy(GOLDEN.resolve(model).resolve(name), folder.resolve(name),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            return folder.resolve(FILES.get(model));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void cut(Path file, long length) {
        try (var writer = new RandomAccessFile(file.toFile(), "rw")) {
            writer.setLength(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void replace(Path file) {
        try {
            var other = file.resolveSibling("other");
            Files.write(other, new byte[100]);
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOfTheFile(Throwable failure) {
        return failure instanceof CheckpointException
                || failure.getCause() != null && isOfTheFile(failure.getCause());
    }
}
