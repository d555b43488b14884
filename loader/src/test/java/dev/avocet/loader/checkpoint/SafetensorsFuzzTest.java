// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files damaged at random, the same ones in every run. */
class SafetensorsFuzzTest {
    private static final int FILES = 1000;
    private static final List<String> TOKENS =
            List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0061", "\\ud800", "0", "-", "1e1",
                    "4", "8", "4294967296", "18446744073709551615", "9223372036854775807", "null", "true",
                    "\"dtype\":\"F32\"", "\"I8\"",
                    "\"__metadata__\":{\"a\":\"b\"},", "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},",
                    " ", "\n", "\0", "\u00e9");
    private static final String SOUND = """
            {"__metadata__":{"format":"pt"},
            "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
            "b":{"dtype":"I64","shape":[],"data_offsets":[8,16]},
            "c":{"dtype":"F4","shape":[4],"data_offsets":[16,18]},
            "d":{"dtype":"BF16","shape":[0,3],"data_offsets":[18,18]},
            "e":{"dtype":"U8","shape":[3],"data_offsets":[18,21]}}""";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aDamagedFileIsRefusedOrReadWithinItsBounds(long seed) throws IOException {
        var random = new Random(seed);
        var accepted = 0;
        for (int i = 0; i < FILES; i++) {
            accepted += readsWithinBounds(damaged(random)) ? 1 : 0;
        }
        assertTrue(accepted > FILES / 100, "some damage is harmless, and " + accepted + " files were accepted");
        assertTrue(accepted < FILES / 2, "most damage is not, and " + accepted + " files were accepted");
    }

    /** Anything but a {@link CheckpointException} fails the test. */
    private boolean readsWithinBounds(byte[] bytes) throws IOException {
        var file = Bytes.write(folder, "model.safetensors", bytes);
        try (var checkpoint = Checkpoint.open(file)) {
            var end = 0L;
            for (var tensor : checkpoint.tensors()) {
                assertEquals(end, tensor.begin());
                end = tensor.end();
                if (tensor.type().dtype().isPresent()
                        && tensor.shape().stream().allMatch(dim -> dim <= Integer.MAX_VALUE)) {
                    var view = checkpoint.tensor(tensor.name());
                    assertEquals(tensor.bytes(), view.data().byteSize());
                    view.toFloats();
                    checkpoint.release(tensor.name());
                }
            }
            assertTrue(end <= bytes.length - Long.BYTES);
            return true;
        } catch (CheckpointException refused) {
            assertEquals(file, refused.file());
            return false;
        }
    }

    /** A sound file with some bytes cut out, put in or repeated. */
    static byte[] damaged(Random random) {
        var header = SOUND.getBytes(StandardCharsets.UTF_8);
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            header = edited(header, random);
        }
        var bytes = Bytes.file(header, random.nextInt(8) == 0 ? random.nextInt(40) : 21);
        return random.nextInt(8) == 0 ? edited(bytes, random) : bytes;
    }

    private static byte[] edited(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + (random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(3)));
        var before = Arrays.copyOf(bytes, from);
        var after = Arrays.copyOfRange(bytes, to, bytes.length);
        var middle = switch (random.nextInt(5)) {
            case 0 -> new byte[0];
            case 1 -> new byte[] {(byte) random.nextInt(256)};
            case 2 -> new byte[] {(byte) ('0' + random.nextInt(10))};
            case 3 -> Arrays.copyOfRange(bytes, from / 2, Math.min(bytes.length, from / 2 + random.nextInt(80)));
            default -> TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
        };
        return Bytes.join(before, middle, after);
    }
}
