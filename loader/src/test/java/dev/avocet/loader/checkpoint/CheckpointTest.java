// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint on disk: what is found where, how long it lives, and what happens when its files change under it. */
class CheckpointTest {
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    /** The file was written by the format's own library (safetensors 0.8.0 for Python with torch 2.15.0). */
    @Test
    void aFileOfThePythonLibraryIsReadBackEqual() throws URISyntaxException {
        var file = Path.of(CheckpointTest.class.getResource("/checkpoint/python.safetensors").toURI());
        try (var checkpoint = Checkpoint.open(file)) {
            assertEquals(11, checkpoint.names().size());
            assertEquals("pt", checkpoint.metadata().get("format"));
            assertTensor(checkpoint, "encoder.weight", DType.F32, Shape.of(2, 3), -0.5, -0.25, 0, 0.25, 0.5, 0.75);
            assertTensor(checkpoint, "encoder.bias", DType.F32, Shape.of(3), 0.1f, -0.0, Double.POSITIVE_INFINITY);
            assertTensor(checkpoint, "half", DType.F16, Shape.of(3), 1.5, -65504, 0x1p-24);
            assertTensor(checkpoint, "brain", DType.BF16, Shape.of(3), 1.5, -0x1.fep127, 0x1p-133);
            assertTensor(checkpoint, "double", DType.F64, Shape.of(2), 0.1, 1e300);
            assertTensor(checkpoint, "int", DType.I32, Shape.of(2), Integer.MIN_VALUE, 7);
            assertTensor(checkpoint, "bytes", DType.U8, Shape.of(3), 0, 1, 255);
            assertTensor(checkpoint, "scalar", DType.F32, Shape.SCALAR, 42);
            assertTensor(checkpoint, "empty", DType.F32, Shape.of(2, 0));
            assertTensor(checkpoint, "gr\u00f6\u00dfe \ud83d\ude00 \"x\"\n", DType.F32, Shape.of(1), 3);
            assertEquals(-1, checkpoint.tensor("long").longAt(0));
            assertEquals((1L << 53) + 1, checkpoint.tensor("long").longAt(1));
        }
    }

    @Test
    void aFolderIsReadByItsModelFile() {
        write("model.safetensors", "w", 1, 2);
        write("adapter.safetensors", "a", 3);
        try (var checkpoint = Checkpoint.open(folder)) {
            assertEquals(List.of("w"), List.copyOf(checkpoint.names()));
            assertArrayEquals(new float[] {1, 2}, checkpoint.tensor("w").toFloats());
            assertEquals(folder.resolve("model.safetensors").toString(), checkpoint.origin("w"));
            assertEquals(folder.toString(), checkpoint.origin("absent"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "model.safetensors.index.json"})
    void aFolderIsReadByItsIndex(String given) throws IOException {
        writeShards();
        index("""
                {"metadata": {"total_size": 12}, "weight_map": {
                  "a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}}""");
        try (var checkpoint = Checkpoint.open(folder.resolve(given))) {
            assertEquals(List.of("a", "c", "b"), List.copyOf(checkpoint.names()));
            assertArrayEquals(new float[] {2}, checkpoint.tensor("b").toFloats());
            assertEquals(folder.resolve("model-2.safetensors").toString(), checkpoint.origin("b"));
            assertEquals(List.of(folder.resolve("model-1.safetensors"), folder.resolve("model-2.safetensors")),
                    checkpoint.files());
        }
    }

    @Test
    void aFolderOfLinksIsRead() throws IOException {
        var blobs = Files.createDirectory(folder.resolve("blobs"));
        var snapshot = Files.createDirectory(folder.resolve("snapshot"));
        SafetensorsWriter.write(blobs.resolve("0a1b2c"), Map.of("w", HostTensor.of(Shape.of(1), 1f)), Map.of());
        Files.writeString(blobs.resolve("3d4e5f"), "{\"weight_map\":{\"w\":\"model-1.safetensors\"}}");
        Files.createSymbolicLink(snapshot.resolve("model-1.safetensors"), Path.of("../blobs/0a1b2c"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors.index.json"), Path.of("../blobs/3d4e5f"));
        try (var checkpoint = Checkpoint.open(snapshot)) {
            assertEquals(1, checkpoint.tensor("w").floatAt(0));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            no map                     | {}                                                          | no weight_map
            a map that is a list       | {"weight_map": []}                                          | no weight_map
            a list                     | []                                                          | not one JSON
            broken JSON                | {"weight_map": {                                            | ends too early
            a key twice                | {"weight_map": {"a": "model-1.safetensors", "a": "x"}}      | twice
            a file that is a number    | {"weight_map": {"a": 1}}                                    | not text
            a path upwards             | {"weight_map": {"a": "../model-1.safetensors"}}             | same folder
            a path downwards           | {"weight_map": {"a": "x/model-1.safetensors"}}              | same folder
            an absolute path           | {"weight_map": {"a": "/tmp/model-1.safetensors"}}           | same folder
            a path on a drive          | {"weight_map": {"a": "C:model-1.safetensors"}}              | same folder
            a path on a host           | {"weight_map": {"a": "\\\\\\\\h\\\\s\\\\model-1.safetensors"}} | same folder
            a NUL in the path          | {"weight_map": {"a": "model-1\\u0000.safetensors"}}         | same folder
            an empty path              | {"weight_map": {"a": ""}}                                   | same folder
            only the extension         | {"weight_map": {"a": ".safetensors"}}                       | same folder
            a pickle                   | {"weight_map": {"a": "pytorch_model-1.bin"}}                | same folder
            metadata that is a list    | {"metadata": [], "weight_map": {}}                          | metadata
            a size that is text        | {"metadata": {"total_size": "12"}, "weight_map": {}}        | total_size
            a tensor its file lacks    | {"weight_map": {"a": "1", "b": "2", "c": "1", "d": "1"}}    | "d"
            a tensor not listed        | {"weight_map": {"a": "1", "b": "2"}}                        | "c"
            a tensor in another file   | {"weight_map": {"a": "2", "b": "2", "c": "1"}}              | "a" is in
            a wrong size    | {"metadata": {"total_size": 8}, "weight_map": {"a": "1", "b": "2", "c": "1"}} | take 12
            """)
    void anIndexOutOfAccordIsRefused(String what, String json, String reason) throws IOException {
        writeShards();
        index(json.replaceAll("\"([12])\"", "\"model-$1.safetensors\""));
        var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(folder));
        assertEquals(Code.BAD_INDEX, refusal.code());
        assertEquals(folder.resolve("model.safetensors.index.json"), refusal.file());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @Test
    void oneNameInTwoFilesIsRefused() throws IOException {
        writeShards();
        write("model-3.safetensors", "a", 4);
        index("""
                {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors",
                  "x": "model-3.safetensors"}}""");
        var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(folder));
        assertEquals(Code.BAD_INDEX, refusal.code());
        assertTrue(refusal.getMessage().contains("\"a\" is in two files, model-1.safetensors and model-3.safetensors"),
                refusal.getMessage());
    }

    @Test
    void aMissingFileOfAnIndexIsNamed() throws IOException {
        index("{\"weight_map\": {\"a\": \"model-1.safetensors\"}}");
        var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(folder));
        assertEquals(Code.NOT_FOUND, refusal.code());
        assertEquals(folder.resolve("model-1.safetensors"), refusal.file());
    }

    @ParameterizedTest
    @CsvSource({"tf_model.h5,TENSORFLOW", "model.ckpt.index,TENSORFLOW", "model.ckpt.data-00000-of-00001,TENSORFLOW",
        "saved_model.pb,TENSORFLOW", "flax_model.msgpack,UNSUPPORTED_FORMAT", "model.onnx,UNSUPPORTED_FORMAT"})
    void anotherFormatIsNamed(String name, Code code) throws IOException {
        write("golden.safetensors", "w", 1);
        var file = Bytes.write(folder, name, "anything");
        for (var path : List.of(folder, file)) {
            var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(path));
            assertEquals(code, refusal.code());
            assertTrue(refusal.getMessage().contains(name), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("which Avocet does not read"), refusal.getMessage());
            assertEquals(code == Code.TENSORFLOW, refusal.getMessage().contains("kakaobrain/align-base"));
        }
    }

    @Test
    void aFolderOfOnnxAloneIsNamed() throws IOException {
        Files.createFile(Files.createDirectory(folder.resolve("onnx")).resolve("model.onnx"));
        var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(folder));
        assertEquals(Code.UNSUPPORTED_FORMAT, refusal.code());
        assertTrue(refusal.getMessage().contains("onnx/model.onnx"), refusal.getMessage());
    }

    @Test
    void everyObstacleHasItsOwnError() throws IOException {
        assertRefused(Code.NOT_FOUND, folder.resolve("absent"), "no such file");
        assertRefused(Code.NOT_FOUND, folder.resolve("absent.safetensors"), "no such file");
        assertRefused(Code.NO_WEIGHTS, folder, "empty");
        Files.createFile(folder.resolve("config.json"));
        assertRefused(Code.NO_WEIGHTS, folder, "no weights among its 1 files");
        write("other.safetensors", "w", 1);
        assertRefused(Code.NO_WEIGHTS, folder, "\"other.safetensors\"");
        var link = folder.resolve("model.safetensors");
        Files.createSymbolicLink(link, Path.of("absent"));
        assertRefused(Code.NOT_FOUND, folder, "link");
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("model.safetensors"));
        assertRefused(Code.SYMLINK_LOOP, folder, "circle");
        assertRefused(Code.SYMLINK_LOOP, link, "circle");
        Files.delete(link);
        Files.createDirectory(link);
        assertRefused(Code.NOT_A_FILE, folder, "folder");
    }

    @Test
    void aPipeIsRefusedAndNotWaitedFor() throws IOException, InterruptedException {
        var pipe = folder.resolve("model.safetensors");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")));
        assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
        assertRefused(Code.NOT_A_FILE, folder, "pipe");
    }

    @Test
    void aFileThatMayNotBeReadIsRefused() throws IOException {
        write("model.safetensors", "w", 1);
        var file = folder.resolve("model.safetensors");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(file), "the superuser may read everything");
        assertRefused(Code.NO_PERMISSION, folder, "may not be read");
    }

    @Test
    void aFileCutShortAfterOpeningIsAnErrorAndNoCrash() throws IOException {
        write("model.safetensors", "w", values(PAGE));
        try (var checkpoint = Checkpoint.open(folder)) {
            var view = checkpoint.tensor("w");
            resize(0);
            assertThrows(InternalError.class, view::toFloats);
            assertRefused(Code.TRUNCATED, folder.resolve("model.safetensors"), () -> checkpoint.release("w"));
            assertRefused(Code.TRUNCATED, folder.resolve("model.safetensors"), () -> checkpoint.tensor("w"));
        }
    }

    @ParameterizedTest(name = "cut to {0} bytes")
    @ValueSource(longs = {0, 10, 4096, 10_000})
    void aFileCutShortWhileATensorIsReadIsAnError(long bytes) {
        write("model.safetensors", "w", values(PAGE));
        try (var checkpoint = Checkpoint.open(folder)) {
            assertRefused(Code.TRUNCATED, folder.resolve("model.safetensors"),
                    () -> checkpoint.read("w", view -> {
                        resize(bytes);
                        return view.toFloats();
                    }));
        }
    }

    /** At its old length again: whoever maps it sees the new bytes, without any fault. */
    @Test
    void aFileWrittenInPlaceIsNoticed() throws IOException {
        write("model.safetensors", "w", values(PAGE));
        var file = folder.resolve("model.safetensors");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000)); // longer ago than the clock's tick
        try (var checkpoint = Checkpoint.open(folder)) {
            var bytes = Files.readAllBytes(file);
            assertRefused(Code.CHANGED, file, () -> checkpoint.read("w", view -> write(file, bytes)));
            assertRefused(Code.CHANGED, file, () -> checkpoint.release("w"));
            assertRefused(Code.CHANGED, file, () -> checkpoint.tensor("w"));
        }
    }

    @Test
    void aFileThatIsRemovedStaysReadable() throws IOException {
        write("model.safetensors", "w", 1, 2, 3);
        try (var checkpoint = Checkpoint.open(folder)) {
            Files.delete(folder.resolve("model.safetensors"));
            assertArrayEquals(new float[] {1, 2, 3}, checkpoint.read("w", HostTensor::toFloats));
            checkpoint.release("w");
        }
    }

    /** The rest of a page that the file still reaches into reads as zeros, without any fault. */
    @Test
    void aFileCutShortWithinAPageIsNoticedWhenTheTensorIsReleased() throws IOException {
        write("model.safetensors", "w", 1, 2, 3);
        try (var checkpoint = Checkpoint.open(folder)) {
            var view = checkpoint.tensor("w");
            resize(Files.size(folder.resolve("model.safetensors")) - 4);
            assertArrayEquals(new float[] {1, 2, 0}, view.toFloats());
            assertRefused(Code.TRUNCATED, folder.resolve("model.safetensors"), () -> checkpoint.release("w"));
        }
    }

    @Test
    void aFileReplacedByRenamingStaysAsItWas() throws IOException {
        write("model.safetensors", "w", 1, 2, 3);
        try (var checkpoint = Checkpoint.open(folder)) {
            write("model.safetensors", "w", 4);
            assertArrayEquals(new float[] {1, 2, 3}, checkpoint.tensor("w").toFloats());
            checkpoint.release("w");
        }
        Files.move(Files.createFile(folder.resolve("empty")), folder.resolve("model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        assertRefused(Code.HEADER_TOO_SMALL, folder, "8 of the header's length");
    }

    @Test
    void releaseLetsGoOfResidentPagesAndLosesNothing() throws IOException {
        write("model.safetensors", "w", values(4 << 20));
        try (var checkpoint = Checkpoint.open(folder)) {
            var first = checkpoint.tensor("w").toFloats();
            assumeTrue(Files.isReadable(Path.of("/proc/self/smaps")));
            assertTrue(residentKilobytes() > 15 << 10);
            checkpoint.release("w");
            assertTrue(residentKilobytes() < 1 << 10);
            assertArrayEquals(first, checkpoint.tensor("w").toFloats());
        }
    }

    /** By what the kernel counts: whatever is mapped is not read by calls. */
    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "pytorch_model.bin"})
    void weightsAreMappedAndNotReadByCalls(String name) throws IOException {
        int count = 8 << 20;
        if (name.endsWith(".bin")) {
            Bytes.write(folder, name, TorchBytes.file(TorchBytes.stateDict(TorchBytes.tensor(count, 0,
                    TorchBytes.tuple(count), TorchBytes.tuple(1))), new byte[count * Float.BYTES]));
        } else {
            write(name, "w", new float[count]);
        }
        assumeTrue(Files.isReadable(Path.of("/proc/self/io")));
        long before = bytesReadByCalls();
        try (var checkpoint = Checkpoint.open(folder)) {
            assertEquals(0, checkpoint.tensor("w").floatAt(count - 1));
        }
        assertTrue(bytesReadByCalls() - before < 1 << 20);
    }

    @Test
    void everyTensorCanBeReleasedHoweverItLies() throws IOException {
        var tensors = IntStream.range(0, 50).boxed().collect(Collectors.toMap(
                i -> "t" + i, i -> HostTensor.of(Shape.of(i * 37), values(i * 37))));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
        try (var checkpoint = Checkpoint.open(folder)) {
            for (var name : checkpoint.names()) {
                checkpoint.release(name);
            }
            tensors.forEach((name, tensor) -> assertArrayEquals(tensor.toFloats(), checkpoint.tensor(name).toFloats()));
        }
    }

    @Test
    void closingTwiceIsOnceAndReadingAfterwardsIsAnError() throws IOException {
        write("model.safetensors", "w", 1);
        var checkpoint = Checkpoint.open(folder);
        var view = checkpoint.tensor("w");
        checkpoint.close();
        checkpoint.close();
        assertRefused(Code.CLOSED, folder, () -> checkpoint.tensor("w"));
        assertRefused(Code.CLOSED, folder, () -> checkpoint.release("w"));
        assertThrows(IllegalStateException.class, () -> view.floatAt(0));
    }

    @Test
    void nothingStaysMappedOrOpenAfterClosingOrRefusing() throws IOException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/maps")));
        writeShards();
        index("{\"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}}");
        for (int i = 0; i < 100; i++) {
            assertThrows(CheckpointException.class, () -> Checkpoint.open(folder));
            Checkpoint.open(folder.resolve("model-1.safetensors")).close();
        }
        assertFalse(Files.readString(Path.of("/proc/self/maps")).contains(folder.toString()));
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            assertTrue(open.noneMatch(link -> target(link).startsWith(folder)));
        }
    }

    @Test
    void anInterruptedThreadOpensNothingAndClosesNothing() throws IOException {
        write("model.safetensors", "w", 1);
        try (var checkpoint = Checkpoint.open(folder)) {
            Thread.currentThread().interrupt();
            assertEquals(1, checkpoint.tensor("w").floatAt(0));
            checkpoint.release("w");
            assertRefused(Code.UNREADABLE, folder.resolve("model.safetensors"), () -> Checkpoint.open(folder));
            assertTrue(Thread.interrupted());
            assertEquals(1, checkpoint.tensor("w").floatAt(0));
        }
    }

    @Test
    void manyThreadsMayReadAndRelease() throws IOException, InterruptedException {
        var expected = values(100_000);
        write("model.safetensors", "w", expected);
        try (var checkpoint = Checkpoint.open(folder)) {
            var failures = new ArrayList<Throwable>();
            var threads = IntStream.range(0, 4).mapToObj(i -> Thread.ofPlatform().start(() -> {
                try {
                    for (int round = 0; round < 50; round++) {
                        assertArrayEquals(expected, checkpoint.tensor("w").toFloats());
                        checkpoint.release("w");
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            })).toList();
            for (var thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), failures);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {(1L << 31) + 8, (1L << 32) + 8, (1L << 33) + 8})
    void aFileBeyond32BitsIsReadAtItsEnd(long bytes) throws IOException {
        var header = ("{\"big\":{\"dtype\":\"U8\",\"shape\":[%d,8],\"data_offsets\":[0,%d]},"
                + "\"end\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}")
                .formatted(bytes / 8 - 1, bytes - 8, bytes - 8, bytes);
        var file = folder.resolve("model.safetensors");
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(Bytes.file(header, 0)));
            var end = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2).flip();
            channel.write(end, 8 + header.length() + bytes - 8);
        }
        try (var checkpoint = Checkpoint.open(folder)) {
            assertArrayEquals(new float[] {1.5f, -2}, checkpoint.tensor("end").toFloats());
            var big = checkpoint.tensor("big");
            assertEquals(bytes - 8, big.shape().elements());
            assertEquals(0, big.longAt(bytes - 9));
            checkpoint.release("big");
        }
    }

    @Test
    void anAbsentTensorIsAnError() {
        write("model.safetensors", "w", 1);
        try (var checkpoint = Checkpoint.open(folder)) {
            assertRefused(Code.NO_SUCH_TENSOR, folder, () -> checkpoint.tensor("v"));
        }
    }

    private static void assertTensor(Checkpoint checkpoint, String name, DType type, Shape shape, double... values) {
        var tensor = checkpoint.tensor(name);
        assertEquals(type, tensor.dtype(), name);
        assertEquals(shape, tensor.shape(), name);
        assertEquals(values.length, tensor.shape().elements(), name);
        for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], tensor.doubleAt(i), name);
        }
    }

    private static void assertRefused(Code code, Path path, String reason) {
        var refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(path));
        assertEquals(code, refusal.code(), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    private static void assertRefused(Code code, Path file, Executable action) {
        var refusal = assertThrows(CheckpointException.class, action);
        assertEquals(code, refusal.code(), refusal.getMessage());
        assertEquals(file, refusal.file());
        assertNotNull(refusal.getMessage());
    }

    private void write(String file, String name, float... values) {
        SafetensorsWriter.write(folder.resolve(file), Map.of(name, HostTensor.of(Shape.of(values.length), values)),
                Map.of());
    }

    private void writeShards() {
        SafetensorsWriter.write(folder.resolve("model-1.safetensors"), Map.of("a", HostTensor.of(Shape.of(1), 1f),
                "c", HostTensor.of(Shape.of(1), 3f)), Map.of());
        write("model-2.safetensors", "b", 2);
    }

    private void index(String json) throws IOException {
        Bytes.write(folder, "model.safetensors.index.json", json);
    }

    private void resize(long bytes) {
        try (var file = new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
            file.setLength(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long bytesReadByCalls() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/io"))) {
            if (line.startsWith("rchar:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new AssertionError("the kernel does not count");
    }

    private long residentKilobytes() throws IOException {
        var inFile = false;
        for (var line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                inFile = line.contains(folder.toString());
            } else if (inFile && line.startsWith("Rss:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new AssertionError("the file is not mapped");
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException gone) {
            return Path.of("");
        }
    }

    private static float[] values(int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i * 0.5f - 7;
        }
        return values;
    }
}
