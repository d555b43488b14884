// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is what the format's own writer would write, complete or not at all. */
class SafetensorsWriterTest {
    private static final List<DType> DTYPES = List.of(DType.values());

    @TempDir
    Path folder;

    @Test
    void aFileOfThePythonLibraryIsWrittenBackByteForByte() throws IOException, URISyntaxException {
        var original = Path.of(SafetensorsWriterTest.class.getResource("/checkpoint/python.safetensors").toURI());
        var copy = folder.resolve("copy.safetensors");
        try (var checkpoint = Checkpoint.open(original)) {
            var tensors = new HashMap<String, HostTensor>();
            checkpoint.names().forEach(name -> tensors.put(name, checkpoint.tensor(name)));
            SafetensorsWriter.write(copy, tensors, checkpoint.metadata());
        }
        assertArrayEquals(Files.readAllBytes(original), Files.readAllBytes(copy));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsWrittenIsReadBackEqual(long seed) throws IOException {
        var random = new Random(seed);
        var tensors = new HashMap<String, HostTensor>();
        var metadata = new HashMap<String, String>();
        for (int i = 0; i < random.nextInt(20); i++) {
            tensors.put(randomName(random), randomTensor(random));
            metadata.put(randomName(random), randomName(random));
        }
        var file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, tensors, metadata);
        try (var checkpoint = Checkpoint.open(file)) {
            assertEquals(metadata, checkpoint.metadata());
            assertEquals(tensors.keySet(), checkpoint.names());
            tensors.forEach((name, written) -> {
                var read = checkpoint.tensor(name);
                assertEquals(written.dtype(), read.dtype());
                assertEquals(written.shape(), read.shape());
                assertEquals(-1, written.data().mismatch(read.data()));
            });
            for (var tensor : checkpoint.tensors()) {
                assertEquals(0, (8 + headerBytes(file) + tensor.begin()) % (tensor.type().bits() / 8), "aligned");
            }
        }
    }

    @Test
    void aTensorLargerThanTheBufferIsWrittenWhole() {
        var values = new float[1_000_003];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        var file = folder.resolve("model.safetensors");
        try (var arena = Arena.ofConfined()) {
            var copy = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
            SafetensorsWriter.write(file, Map.of("heap", HostTensor.of(Shape.of(values.length), values),
                    "native", new HostTensor(DType.F32, Shape.of(values.length), copy)), Map.of());
        }
        try (var checkpoint = Checkpoint.open(file)) {
            assertArrayEquals(values, checkpoint.tensor("heap").toFloats());
            assertArrayEquals(values, checkpoint.tensor("native").toFloats());
        }
    }

    @Test
    void theOldFileStaysUntilTheNewOneIsComplete() throws IOException {
        var file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, Map.of("w", HostTensor.of(Shape.of(1), 1f)), Map.of());
        HostTensor gone;
        try (var arena = Arena.ofConfined()) {
            gone = new HostTensor(DType.F32, Shape.of(1), arena.allocate(4));
        }
        assertThrows(IllegalStateException.class, () -> SafetensorsWriter.write(file, Map.of("w", gone), Map.of()));
        try (var checkpoint = Checkpoint.open(file)) {
            assertEquals(1, checkpoint.tensor("w").floatAt(0));
        }
        assertOnly(file);
    }

    @Test
    void aCheckpointMayBeWrittenOverItself() throws IOException {
        var file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, Map.of("w", HostTensor.of(Shape.of(2), 1f, 2f)), Map.of());
        try (var checkpoint = Checkpoint.open(file)) {
            SafetensorsWriter.write(file, Map.of("v", checkpoint.tensor("w")), Map.of());
        }
        try (var checkpoint = Checkpoint.open(file)) {
            assertArrayEquals(new float[] {1, 2}, checkpoint.tensor("v").toFloats());
        }
        assertOnly(file);
    }

    @Test
    void aLinkIsKeptAndItsTargetReplaced() throws IOException {
        var target = folder.resolve("target");
        var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
        Files.writeString(target, "old");
        SafetensorsWriter.write(link, Map.of(), Map.of());
        assertTrue(Files.isSymbolicLink(link));
        Checkpoint.open(target).close();
    }

    @Test
    void aFolderAPipeOrADeviceIsNeverReplaced() {
        for (var path : new Path[] {folder, Path.of("/dev/null")}) {
            assumeTrue(Files.exists(path));
            var refusal =
                    assertThrows(CheckpointException.class, () -> SafetensorsWriter.write(path, Map.of(), Map.of()));
            assertEquals(Code.NOT_A_FILE, refusal.code());
            assertTrue(Files.exists(path));
        }
    }

    @Test
    void aFolderThatIsNotThereIsAnError() {
        var file = folder.resolve("absent/model.safetensors");
        var refusal = assertThrows(CheckpointException.class, () -> SafetensorsWriter.write(file, Map.of(), Map.of()));
        assertEquals(Code.NOT_WRITABLE, refusal.code());
        assertEquals(file, refusal.file());
    }

    @ParameterizedTest
    @ValueSource(strings = {"__metadata__", "\ud800", "\udc00\ud800"})
    void aNameTheFormatCannotHoldIsRefused(String name) throws IOException {
        var file = folder.resolve("model.safetensors");
        var tensors = Map.of(name, HostTensor.of(Shape.of(1), 1f));
        assertThrows(IllegalArgumentException.class, () -> SafetensorsWriter.write(file, tensors, Map.of()));
        assertTrue(Files.notExists(file));
    }

    private void assertOnly(Path file) throws IOException {
        try (var files = Files.list(folder)) {
            assertArrayEquals(new Object[] {file}, files.toArray());
        }
    }

    private static long headerBytes(Path file) throws IOException {
        return MemorySegment.ofArray(Files.readAllBytes(file)).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    private static String randomName(Random random) {
        var name = new StringBuilder();
        for (int i = 0; i < random.nextInt(12); i++) {
            int point = random.nextInt(random.nextBoolean() ? 128 : Character.MAX_CODE_POINT);
            name.appendCodePoint(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? '"' : point);
        }
        return name.toString();
    }

    private static HostTensor randomTensor(Random random) {
        var dtype = DTYPES.get(random.nextInt(DTYPES.size()));
        var dims = random.ints(random.nextInt(4), 0, 6).toArray();
        var shape = Shape.of(dims);
        var bytes = new byte[(int) shape.elements() * dtype.bytes()];
        random.nextBytes(bytes);
        return new HostTensor(dtype, shape, MemorySegment.ofArray(bytes));
    }
}
