// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static dev.avocet.loader.checkpoint.TorchBytes.EMPTY_DICT;
import static dev.avocet.loader.checkpoint.TorchBytes.floats;
import static dev.avocet.loader.checkpoint.TorchBytes.pickle;
import static dev.avocet.loader.checkpoint.TorchBytes.set;
import static dev.avocet.loader.checkpoint.TorchBytes.stateDict;
import static dev.avocet.loader.checkpoint.TorchBytes.tensor;
import static dev.avocet.loader.checkpoint.TorchBytes.tuple;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PyTorch's own files: what torch.save wrote is read as what it was, where it is. */
class TorchFileTest {
    private static final byte[] W = stateDict(tensor(6, 0, tuple(2, 3), tuple(3, 1)));

    @TempDir
    Path folder;

    /** Written by torch 2.15 (src/test/python/torch_files.py): views, strides and types of all kinds. */
    @Test
    void aFileOfTorchHoldsWhatTheSameTensorsInSafetensorsDo() throws URISyntaxException {
        try (var torch = Checkpoint.open(resource("torch.bin"));
                var safetensors = Checkpoint.open(resource("torch.safetensors"))) {
            assertEquals(safetensors.names(), torch.names());
            assertEquals(22, torch.names().size());
            var types = new ArrayList<StoredType>();
            for (var wanted : safetensors.tensors()) {
                var found = torch.tensors().stream().filter(each -> each.name().equals(wanted.name())).findAny()
                        .orElseThrow();
                assertEquals(wanted.type(), found.type());
                assertEquals(wanted.shape(), found.shape());
                assertEquals(wanted.bytes(), found.bytes());
                if (wanted.type().dtype().isPresent()) {
                    assertEqual(safetensors.tensor(wanted.name()), torch.tensor(wanted.name()));
                    torch.release(wanted.name());
                } else {
                    types.add(wanted.type());
                    assertRefused(Code.UNSUPPORTED_DTYPE, "\"" + wanted.name() + "\"",
                            () -> torch.tensor(wanted.name()));
                }
            }
            assertEquals(List.of(StoredType.I16, StoredType.I8, StoredType.BOOL), types.stream().sorted(
                    (a, b) -> b.compareTo(a)).toList());
            assertEquals(Map.of(), torch.metadata());
        }
    }

    @Test
    void tensorsThatShareAStorageShareTheMapping() throws IOException {
        var pickle = pickle(EMPTY_DICT, set("all", tensor(6, 0, tuple(6), tuple(1))),
                set("same", tensor(6, 0, tuple(2, 3), tuple(3, 1))), set("last", tensor(6, 4, tuple(2), tuple(1))));
        try (var checkpoint = Checkpoint.open(write("pytorch_model.bin", pickle, 1, 2, 3, 4, 5, 6))) {
            var all = checkpoint.tensor("all").data();
            assertEquals(all.address(), checkpoint.tensor("same").data().address());
            assertEquals(all.address() + 16, checkpoint.tensor("last").data().address());
            assertTrue(all.isReadOnly());
            assertArrayEquals(new float[] {5, 6}, checkpoint.tensor("last").toFloats());
        }
    }

    @Test
    void anArchiveWithNumbersOf64BitsIsRead() throws IOException {
        var zip = new ZipBytes().add("pytorch_model/data.pkl", W)
                .add("pytorch_model/data/0", floats(1, 2, 3, 4, 5, 6)).close64();
        try (var checkpoint = Checkpoint.open(Bytes.write(folder, "pytorch_model.bin", zip.bytes()))) {
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, checkpoint.tensor("w").toFloats());
        }
    }

    @Test
    void aFolderIsReadByItsPytorchModelUnlessItHasSafetensors() throws IOException {
        write("pytorch_model.bin", W, 1, 2, 3, 4, 5, 6);
        write("training_args.bin", W, 0, 0, 0, 0, 0, 0);
        try (var checkpoint = Checkpoint.open(folder)) {
            assertEquals(folder.resolve("pytorch_model.bin").toString(), checkpoint.origin("w"));
        }
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("v", HostTensor.of(Shape.of(1), 1f)),
                Map.of());
        try (var checkpoint = Checkpoint.open(folder)) {
            assertEquals(List.of("v"), List.copyOf(checkpoint.names()));
        }
    }

    @ParameterizedTest(name = "a total size of {0}")
    @ValueSource(ints = {40, 24})
    void aFolderIsReadByItsIndexWhichMayCountSharedTensorsOnce(int total) throws IOException {
        write("pytorch_model-1.bin", pickle(EMPTY_DICT, set("a", tensor(4, 0, tuple(4), tuple(1))),
                set("tied", tensor(4, 0, tuple(2, 2), tuple(2, 1)))), 1, 2, 3, 4);
        write("pytorch_model-2.bin", pickle(EMPTY_DICT, set("b", tensor(2, 0, tuple(2), tuple(1)))), 5, 6);
        Bytes.write(folder, "pytorch_model.bin.index.json", """
                {"metadata": {"total_size": %d}, "weight_map": {"a": "pytorch_model-1.bin",
                  "tied": "pytorch_model-1.bin", "b": "pytorch_model-2.bin"}}""".formatted(total));
        try (var checkpoint = Checkpoint.open(folder)) {
            assertEquals(List.of("a", "tied", "b"), List.copyOf(checkpoint.names()));
            assertArrayEquals(new float[] {5, 6}, checkpoint.tensor("b").toFloats());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../pytorch_model-1.bin", "model.safetensors", "pytorch_model-1.pt"})
    void anIndexMayNameFilesOfItsOwnKindAndFolderAlone(String shard) throws IOException {
        Bytes.write(folder, "pytorch_model.bin.index.json", "{\"weight_map\": {\"a\": \"" + shard + "\"}}");
        assertRefused(Code.BAD_INDEX, "not a .bin file of the same folder", () -> Checkpoint.open(folder));
    }

    @Test
    void tensorsMayRepeatTheirElementsWithinReason() throws IOException {
        var expanded = new float[1000 * 1000];
        Arrays.fill(expanded, 7);
        var pickle = stateDict(tensor(1, 0, tuple(1000, 1000), tuple(0, 0)));
        try (var checkpoint = Checkpoint.open(write("pytorch_model.bin", pickle, 7))) {
            assertArrayEquals(expanded, checkpoint.tensor("w").toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "900"})
    void aFileCutWhileATensorIsPutInOrderIsAnErrorAndNoCrash(long length) throws IOException {
        var file = write("pytorch_model.bin", stateDict(tensor(1 << 20, 0, tuple(2, 1 << 19), tuple(1, 2))),
                new float[1 << 20]);
        try (var checkpoint = Checkpoint.open(file);
                var writer = new RandomAccessFile(file.toFile(), "rw")) {
            writer.setLength(length);
            assertRefused(Code.TRUNCATED, "cut short while in use", () -> checkpoint.tensor("w"));
        }
    }

    @Test
    void otherFilesAreNamed() throws IOException, URISyntaxException {
        assertRefused(Code.OLD_PYTORCH, "before 1.6", () -> Checkpoint.open(resource("legacy.bin")));
        assertRefused(Code.OLD_PYTORCH, "save that with torch.save", () -> Checkpoint.open(resource("legacy.bin")));
        var tar = new byte[1024];
        System.arraycopy(TorchBytes.ascii("ustar"), 0, tar, 257, 5);
        assertRefused(Code.OLD_PYTORCH, "tar", () -> open(tar));
        assertRefused(Code.GIT_LFS_POINTER, "Git LFS", () -> open(TorchBytes.ascii(
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")));
        assertRefused(Code.UNSUPPORTED_FORMAT, "TorchScript", () -> open(new ZipBytes().add("a/data.pkl", W)
                .add("a/constants.pkl", W).close().bytes()));
        assertRefused(Code.UNSUPPORTED_FORMAT, "byte order \"big\"", () -> open(new ZipBytes().add("a/data.pkl", W)
                .add("a/byteorder", TorchBytes.ascii("big")).close().bytes()));
        var archive = Bytes.write(folder, "model.safetensors", TorchBytes.file(W, floats(1, 2, 3, 4, 5, 6)));
        assertRefused(Code.UNSUPPORTED_FORMAT, "must end in .bin", () -> Checkpoint.open(archive));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aDamagedFileIsRefusedOrReadWithinItsBounds(long seed) throws IOException, URISyntaxException {
        var random = new Random(seed);
        var sound = Files.readAllBytes(resource("torch.bin"));
        var accepted = 0;
        for (int i = 0; i < 500; i++) {
            var bytes = sound.clone();
            // The directory and the pickle are half of the file; the rest is data, which may be anything.
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            accepted += readsWithinBounds(bytes) ? 1 : 0;
        }
        assertTrue(accepted > 5 && accepted < 300, accepted + " were accepted");
    }

    /** Anything but a {@link CheckpointException} fails the test. */
    private boolean readsWithinBounds(byte[] bytes) throws IOException {
        try (var checkpoint = open(bytes)) {
            for (var tensor : checkpoint.tensors()) {
                assertTrue(tensor.begin() >= 0 && tensor.begin() <= tensor.end() && tensor.end() <= bytes.length);
                if (tensor.type().dtype().isPresent()) {
                    checkpoint.tensor(tensor.name()).toFloats();
                }
            }
            return true;
        } catch (CheckpointException refused) {
            return false;
        }
    }

    private Checkpoint open(byte[] bytes) throws IOException {
        return Checkpoint.open(Bytes.write(folder, "pytorch_model.bin", bytes));
    }

    private Path write(String name, byte[] pickle, float... storage) throws IOException {
        return Bytes.write(folder, name, TorchBytes.file(pickle, floats(storage)));
    }

    private static void assertEqual(HostTensor wanted, HostTensor found) {
        assertEquals(wanted.toString(), found.toString());
        assertArrayEquals(wanted.data().toArray(ValueLayout.JAVA_BYTE), found.data().toArray(ValueLayout.JAVA_BYTE));
    }

    private static void assertRefused(Code code, String reason, Executable action) {
        var refusal = assertThrows(CheckpointException.class, action);
        assertEquals(code, refusal.code(), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(TorchFileTest.class.getResource("/checkpoint/" + name).toURI());
    }
}
