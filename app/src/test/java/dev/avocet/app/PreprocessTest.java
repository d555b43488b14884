// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.Preprocessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessTest {
    private static final List<Path> PICTURES =
            List.of(Cli.SAMPLES.resolve("cat.jpg"), Cli.SAMPLES.resolve("pizza.png"));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"tiny-vit", "tiny-align"})
    void picturesBecomePixelValuesInTheirOrder(String model) {
        var file = folder.resolve("in.safetensors");
        Cli.ok("preprocess", "--model", model, PICTURES.get(0), PICTURES.get(1), "--output", file);
        var preprocessor = Preprocessor.load(Cli.MODELS.resolve(model));
        try (var tensors = Checkpoint.open(file)) {
            assertEquals(List.of("pixel_values"), List.copyOf(tensors.names()));
            assertEquals("F32 [2,3,32,32]", tensors.tensor("pixel_values").toString());
            var values = tensors.tensor("pixel_values").toFloats();
            for (int i = 0; i < 2; i++) {
                var expected = new float[3 * 32 * 32];
                preprocessor.preprocess(Image.read(PICTURES.get(i)), expected, 0);
                assertArrayEquals(expected, Arrays.copyOfRange(values, i * expected.length, (i + 1) * expected.length));
            }
        }
    }

    @Test
    void whatItWritesIsWhatRunTakes() {
        var pixels = folder.resolve("in.safetensors");
        var results = folder.resolve("out.safetensors");
        Cli.ok("preprocess", "--model", "tiny-vit", PICTURES.get(0), "--output", pixels);
        Cli.ok("run", "--model", "tiny-vit", "--input", pixels, "--output", results, "--device", Cli.DEVICE);
        var classified = Cli.ok("classify", PICTURES.get(0), "--model", "tiny-vit", "--device", Cli.DEVICE, "--json",
                "--top-k", 1);
        try (var tensors = Checkpoint.open(results)) {
            var logits = tensors.tensor("logits").toFloats();
            int best = 0;
            for (int i = 0; i < logits.length; i++) {
                best = logits[i] > logits[best] ? i : best;
            }
            var names =
                    List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
            assertEquals(names.get(best),
                    classified.json().getFirst().get("predictions").get(0).get("label").asText());
        }
    }

    @Test
    void withAPictureThatFailsNoFileAppears() {
        var file = folder.resolve("in.safetensors");
        var result = Cli.run("preprocess", "--model", "tiny-vit", PICTURES.get(0), "missing.jpg", "--output", file);
        assertEquals(1, result.code());
        assertTrue(result.err().contains("missing.jpg does not exist"), result.err());
        assertTrue(result.err().contains(file + " was not written"), result.err());
        assertFalse(Files.exists(file));
    }
}
