// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.model.ConfigException;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomCheckpointTest {
    private static final String ALIGN = """
            {"model_type": "align", "projection_dim": 160,
             "text_config": {"vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2,
                             "intermediate_size": 40, "max_position_embeddings": 12},
             "vision_config": {"image_size": 40, "width_coefficient": 0.5, "depth_coefficient": 0.4}}
            """;

    @TempDir
    private Path folder;

    @Test
    void aRandomVitLoadsAndItsLogitsAreNumbersOfOrdinarySize() throws IOException {
        for (var bias : List.of(true, false)) {
            write(vit(bias), 1);
            var pixels = HostTensor.of(Shape.of(1, 3, 32, 32), ramp(3 * 32 * 32));
            assertOrdinary(run(Map.of("pixel_values", pixels), "logits"), 7);
        }
    }

    @Test
    void aRandomAlignLoadsAndItsFeaturesAreNumbersOfOrdinarySize() throws IOException {
        write(ALIGN, 1);
        var pixels = HostTensor.of(Shape.of(1, 3, 40, 40), ramp(3 * 40 * 40));
        assertOrdinary(run(Map.of("pixel_values", pixels), "image_features"), 160);
        var ids = HostTensor.of(Shape.of(1, 4), 1, 2, 3, 49);
        assertOrdinary(run(Map.of("input_ids", ids), "text_features"), 160);
    }

    @Test
    void theSameSeedGivesTheSameFileAndAnotherSeedAnotherOne() throws IOException {
        var first = weightsOfSeed(1);
        assertArrayEquals(first, weightsOfSeed(1));
        assertFalse(Arrays.equals(first, weightsOfSeed(2)));
    }

    private byte[] weightsOfSeed(long seed) throws IOException {
        write(ALIGN, seed);
        return Files.readAllBytes(folder.resolve("model.safetensors"));
    }

    @Test
    void nothingIsLeftBesideTheCheckpoint() throws IOException {
        write(ALIGN, 1);
        try (var files = Files.list(folder)) {
            assertEquals(List.of("config.json", "model.safetensors"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void anArchitectureWithoutRandomWeightsIsNamed() {
        var error = assertThrows(ConfigException.class, () -> write("{\"model_type\": \"gpt2\"}", 1));
        assertTrue(error.getMessage().endsWith("there are random weights for vit, align and bert, not for \"gpt2\""));
    }

    private static String vit(boolean bias) {
        return """
                {"model_type": "vit", "image_size": 32, "patch_size": 8, "hidden_size": 24, "num_hidden_layers": 3,
                 "num_attention_heads": 2, "intermediate_size": 40, "num_labels": 7, "qkv_bias": %s}
                """.formatted(bias);
    }

    private void write(String config, long seed) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        RandomCheckpoint.write(folder, seed);
    }

    private float[] run(Map<String, HostTensor> inputs, String output) {
        try (var pretrained = Pretrained.open(folder);
                var device = Device.firstOf("reference");
                var session = Session.open(pretrained.name(), pretrained.model()::forward, device)) {
            return session.run(inputs, List.of(output)).get(output).toFloats();
        }
    }

    private static float[] ramp(int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2f * i / count - 1;
        }
        return values;
    }

    private static void assertOrdinary(float[] values, int count) {
        assertEquals(count, values.length);
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        double size = Math.sqrt(squares / count);
        assertTrue(size > 1e-3 && size < 1e3, "root mean square " + size);
    }
}
