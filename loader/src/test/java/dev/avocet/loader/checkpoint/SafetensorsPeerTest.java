// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Avocet accepts, the format's own reader accepts with the same names, types, shapes and bytes: damaged files, and
 * what the fuzzer left in target/fuzz. Needs a Python with safetensors: AVOCET_PYTHON, else python3.
 */
@Tag("long")
class SafetensorsPeerTest {
    private static final String SCRIPT = "src/test/python/safetensors_peer.py";
    private static final Path FUZZED = Path.of(System.getProperty("avocet.fuzzed", "target/fuzz/header/corpus"));
    private static final int FILES = 200_000;

    @TempDir
    Path folder;

    private record Found(byte[] file, String tensors) {}

    @Test
    void whatIsAcceptedIsAcceptedByTheReferenceAsTheSame() throws IOException, InterruptedException {
        requireSafetensors();
        var found = new ArrayList<Found>();
        var random = new Random(1);
        for (int i = 0; i < FILES; i++) {
            accept(SafetensorsFuzzTest.damaged(random), found);
        }
        if (Files.isDirectory(FUZZED)) {
            try (var files = Files.list(FUZZED)) {
                for (var file : files.sorted().toList()) {
                    accept(fileOf(Files.readAllBytes(file)), found);
                }
            }
        }
        var said = peer(found);
        assertEquals(found.size(), said.size());
        for (int i = 0; i < said.size(); i++) {
            var file = found.get(i);
            assertEquals(file.tensors(), said.get(i), () -> new String(file.file(), StandardCharsets.ISO_8859_1));
        }
        assertTrue(said.size() > FILES / 100, said.size() + " files were accepted");
        System.getLogger("peer").log(System.Logger.Level.INFO, said.size() + " accepted files compared");
    }

    private static void requireSafetensors() throws InterruptedException {
        var status = 1;
        try {
            status = new ProcessBuilder(command("version")).redirectOutput(Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            // Said below.
        }
        assumeTrue(status == 0, "no Python with safetensors: install it, or set AVOCET_PYTHON to one that has it");
    }

    /** An input of HeaderFuzz as a file. */
    private static byte[] fileOf(byte[] input) {
        if (input.length < 2) {
            return input;
        }
        int dataBytes = Byte.toUnsignedInt(input[0]) << Byte.SIZE | Byte.toUnsignedInt(input[1]);
        return Bytes.file(Arrays.copyOfRange(input, 2, input.length), dataBytes);
    }

    /** Adds the file where it is accepted, with other bytes in each place of its data. */
    private void accept(byte[] bytes, List<Found> found) throws IOException {
        if (bytes.length < Long.BYTES) {
            return;
        }
        long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        for (long i = Math.max(0, length) + Long.BYTES; i > 0 && i < bytes.length; i++) {
            bytes[(int) i] = (byte) (i * 37);
        }
        var file = Bytes.write(folder, "model.safetensors", bytes);
        try (var checkpoint = Checkpoint.open(file);
                var arena = Arena.ofConfined();
                var channel = FileChannel.open(file)) {
            var data = channel.map(MapMode.READ_ONLY, 0, bytes.length, arena).asSlice(Long.BYTES + length);
            found.add(new Found(bytes, checkpoint.tensors().stream()
                    .sorted(Comparator.comparing(each -> each.name().getBytes(StandardCharsets.UTF_8),
                            Arrays::compareUnsigned))
                    .map(each -> described(each, data))
                    .collect(Collectors.joining(" "))));
        } catch (CheckpointException refused) {
            // Stricter than the reference is what Avocet may be.
        }
    }

    private static String described(StoredTensor tensor, MemorySegment data) {
        var bytes = data.asSlice(tensor.begin(), tensor.bytes()).toArray(ValueLayout.JAVA_BYTE);
        try {
            return HexFormat.of().formatHex(tensor.name().getBytes(StandardCharsets.UTF_8)) + ":" + tensor.type() + ":"
                    + tensor.shape().stream().map(Object::toString).collect(Collectors.joining("x")) + ":"
                    + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> peer(List<Found> found) throws IOException, InterruptedException {
        var all = folder.resolve("all");
        try (var out = Files.newOutputStream(all)) {
            for (var each : found) {
                out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(each.file().length).array());
                out.write(each.file());
            }
        }
        var process = new ProcessBuilder(command()).redirectInput(all.toFile()).redirectError(Redirect.INHERIT).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertEquals(0, process.waitFor());
        return said;
    }

    private static List<String> command(String... args) {
        var command = new ArrayList<>(List.of(System.getenv().getOrDefault("AVOCET_PYTHON", "python3"), SCRIPT));
        command.addAll(List.of(args));
        return command;
    }
}
