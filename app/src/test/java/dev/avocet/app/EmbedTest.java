// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.avocet.loader.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedTest {
    private static final Path CAT = Cli.SAMPLES.resolve("cat.jpg");
    private static final Path DOG = Cli.SAMPLES.resolve("dog_face.png");

    private static Cli.Result run(Object... args) {
        var all = new ArrayList<Object>(List.of("embed", "--model", "tiny-align", "--device", Cli.DEVICE));
        all.addAll(List.of(args));
        return Cli.run(all.toArray());
    }

    private static Cli.Result ok(Object... args) {
        var result = run(args);
        assertEquals("", result.err());
        assertEquals(0, result.code());
        return result;
    }

    private static float[] embedding(JsonNode line) {
        var values = new float[line.get("embedding").size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(line.get("embedding").get(i).asText());
        }
        return values;
    }

    private static double length(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    @Test
    void allSamplesHaveTheEmbeddingsOfHuggingFace() throws IOException {
        var expected = Cli.parse(Files.readString(Cli.MODELS.resolve("expected.json"))).get("image_embeds_first4");
        var lines = ok("--image", Cli.SAMPLES).json();
        assertEquals(expected.size(), lines.size());
        for (var line : lines) {
            var wanted = expected.get(Path.of(line.get("image").asText()).getFileName().toString());
            var found = embedding(line);
            for (int i = 0; i < 4; i++) {
                assertEquals(wanted.get(i).asDouble(), found[i], 1e-4, line.get("image").asText());
            }
            assertEquals(1, length(found), 1e-6);
        }
    }

    @Test
    void linesComeInTheOrderOfTheArguments() {
        var lines = ok("--text", "a cat", "--image", CAT, "--text", "a dog", "--image", DOG).json();
        assertEquals("a cat", lines.get(0).get("text").asText());
        assertEquals(CAT.toString(), lines.get(1).get("image").asText());
        assertEquals("a dog", lines.get(2).get("text").asText());
        assertEquals(DOG.toString(), lines.get(3).get("image").asText());
    }

    @Test
    void rawFeaturesPointTheSameWayButAreNotNormalised() {
        var normal = ok("--text", "a cat", "--image", CAT).json();
        var raw = ok("--text", "a cat", "--image", CAT, "--raw").json();
        for (int i = 0; i < 2; i++) {
            var features = embedding(raw.get(i));
            double length = length(features);
            assertNotEquals(1, length, 1e-3);
            var scaled = new float[features.length];
            for (int d = 0; d < scaled.length; d++) {
                scaled[d] = (float) (features[d] / length);
            }
            assertArrayEquals(embedding(normal.get(i)), scaled, 1e-6f);
        }
    }

    @Test
    void aFileOfLinesHoldsWhatStandardOutputWould(@TempDir Path folder) throws IOException {
        var file = folder.resolve("vectors.jsonl");
        var printed = ok("--text", "a cat", "--image", CAT);
        assertEquals("", ok("--text", "a cat", "--image", CAT, "--output", file).out());
        assertEquals(printed.out(), Files.readString(file));
    }

    @Test
    void npyHoldsOneRowForEachArgument(@TempDir Path folder) throws IOException {
        var file = folder.resolve("vectors.npy");
        var printed = ok("--text", "a cat", "--image", CAT, "--text", "été").json();
        ok("--text", "a cat", "--image", CAT, "--text", "été", "--output", file);
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals("NUMPY", new String(bytes.array(), 1, 5, StandardCharsets.US_ASCII));
        int header = bytes.getShort(8);
        assertEquals(0, (10 + header) % 64);
        assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 160), }",
                new String(bytes.array(), 10, header, StandardCharsets.US_ASCII).strip());
        var values = new float[3 * 160];
        bytes.position(10 + header).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        assertEquals(10 + header + 3 * 160 * 4, bytes.limit());
        for (int i = 0; i < 3; i++) {
            var row = Arrays.copyOfRange(values, i * 160, (i + 1) * 160);
            assertArrayEquals(embedding(printed.get(i)), row);
        }
    }

    @Test
    void safetensorsHoldsPicturesAndTextsUnderHuggingFacesNames(@TempDir Path folder) {
        var file = folder.resolve("vectors.safetensors");
        var printed = ok("--text", "a cat", "--image", CAT, "--text", "a dog").json();
        ok("--text", "a cat", "--image", CAT, "--text", "a dog", "--output", file);
        try (var tensors = Checkpoint.open(file)) {
            assertEquals("F32 [1,160]", tensors.tensor("image_embeds").toString());
            assertEquals("F32 [2,160]", tensors.tensor("text_embeds").toString());
            assertArrayEquals(embedding(printed.get(1)), tensors.tensor("image_embeds").toFloats());
        }
        ok("--text", "a cat", "--raw", "--output", file);
        try (var tensors = Checkpoint.open(file)) {
            assertEquals(List.of("text_features"), List.copyOf(tensors.names()));
        }
    }

    @Test
    void aPictureThatFailsHasAnErrorOfItsOwnAndTheRestGoOn() {
        var result = run("--image", "missing.jpg", "--text", "a cat", "--image", CAT);
        assertEquals(1, result.code());
        assertEquals("missing.jpg does not exist: check the path", result.complaint());
        assertEquals("missing.jpg does not exist: check the path", result.json().getFirst().get("error").asText());
        assertEquals(3, result.json().size());
    }

    @Test
    void noRowIsEverMissingFromAMatrix(@TempDir Path folder) {
        for (var name : List.of("vectors.npy", "vectors.safetensors")) {
            var file = folder.resolve(name);
            var result = run("--image", "missing.jpg", "--text", "a cat", "--output", file);
            assertEquals(1, result.code());
            assertTrue(result.err().contains(file + " was not written"), result.err());
            assertFalse(Files.exists(file));
        }
    }
}
