// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunModelTest {
    @TempDir
    private Path folder;

    private Path write(Map<String, HostTensor> inputs) {
        var file = folder.resolve("in.safetensors");
        SafetensorsWriter.write(file, inputs, Map.of());
        return file;
    }

    /** The inputs of a golden file, under the names that they have without its prefix. */
    private Map<String, HostTensor> inputs(Checkpoint golden) {
        var inputs = new LinkedHashMap<String, HostTensor>();
        for (var name : golden.names()) {
            if (name.startsWith("in.")) {
                inputs.put(name.substring("in.".length()), golden.tensor(name));
            }
        }
        return inputs;
    }

    private Cli.Result run(String model, Map<String, HostTensor> inputs, Object... options) {
        var words = new ArrayList<Object>(List.of("run", "--model", Cli.GOLDEN.resolve(model),
                "--input", write(inputs), "--output", folder.resolve("out.safetensors"), "--device", Cli.DEVICE));
        words.addAll(List.of(options));
        return Cli.run(words.toArray());
    }

    private Set<String> namesOfResults(String model, Map<String, HostTensor> inputs, Object... options) {
        var result = run(model, inputs, options);
        assertEquals("", result.err());
        assertEquals(0, result.code());
        try (var out = Checkpoint.open(folder.resolve("out.safetensors"))) {
            return Set.copyOf(out.names());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vit-square", "align-odd", "bert-plain"})
    void everyResultIsAsCloseToFloat64AsTorchIs(String model) {
        try (var golden = Checkpoint.open(Cli.GOLDEN.resolve(model).resolve("golden.safetensors"))) {
            namesOfResults(model, inputs(golden), "--hidden-states", "--attentions");
            try (var out = Checkpoint.open(folder.resolve("out.safetensors"))) {
                var wanted = golden.names().stream().filter(name -> name.startsWith("f64.")).toList();
                assertFalse(wanted.isEmpty());
                for (var name : wanted) {
                    compare(golden, name.substring("f64.".length()), out);
                }
            }
        }
    }

    /** The goldens call ALIGN's towers on their own "vision" and "text". */
    private static void compare(Checkpoint golden, String name, Checkpoint out) {
        var exact = golden.tensor("f64." + name);
        var torch = golden.tensor("f32." + name);
        var ours = out.tensor(name.replaceFirst("^(vision|text)\\.", "$1_model_output."));
        assertEquals(exact.shape(), ours.shape(), name);
        assertEquals(DType.F32, ours.dtype(), name);
        double ourError = 0;
        double torchError = 0;
        double largest = 0;
        for (long i = 0; i < exact.shape().elements(); i++) {
            double value = exact.doubleAt(i);
            assertFalse(Float.isNaN(ours.floatAt(i)), name);
            ourError = Math.max(ourError, Math.abs(ours.floatAt(i) - value));
            torchError = Math.max(torchError, Math.abs(torch.floatAt(i) - value));
            largest = Math.max(largest, Math.abs(value));
        }
        assertTrue(ourError <= 2 * torchError + 1e-6 * largest, name + ": " + ourError + " against " + torchError);
    }

    @Test
    void hiddenStatesAndAttentionsAreWrittenOnlyWhenAskedFor() {
        try (var golden = Checkpoint.open(Cli.GOLDEN.resolve("vit-square/golden.safetensors"))) {
            var inputs = inputs(golden);
            assertEquals(Set.of("logits", "last_hidden_state"), namesOfResults("vit-square", inputs));
            var hidden = namesOfResults("vit-square", inputs, "--hidden-states");
            assertTrue(hidden.containsAll(Set.of("logits", "hidden_states.0", "hidden_states.3")), hidden.toString());
            assertTrue(hidden.stream().noneMatch(name -> name.contains("attentions")), hidden.toString());
            var attentions = namesOfResults("vit-square", inputs, "--attentions");
            assertEquals(Set.of("logits", "last_hidden_state", "attentions.0", "attentions.1", "attentions.2"),
                    attentions);
        }
    }

    @Test
    void alignTakesOnlyPicturesOrOnlyTexts() {
        try (var golden = Checkpoint.open(Cli.GOLDEN.resolve("align-odd/golden.safetensors"))) {
            var inputs = inputs(golden);
            var both = namesOfResults("align-odd", inputs);
            assertTrue(both.contains("logits_per_image") && both.contains("logits_per_text"), both.toString());
            assertTrue(both.stream().noneMatch(name -> name.contains("hidden_states.")), both.toString());
            assertEquals(
                    Set.of("image_features", "image_embeds", "vision_model_output.last_hidden_state",
                            "vision_model_output.pooler_output"),
                    namesOfResults("align-odd", Map.of("pixel_values", inputs.get("pixel_values"))));
            var ids = Map.of("input_ids", inputs.get("input_ids"), "attention_mask", inputs.get("attention_mask"));
            assertEquals(
                    Set.of("text_features", "text_embeds", "text_model_output.last_hidden_state",
                            "text_model_output.pooler_output"),
                    namesOfResults("align-odd", ids));
        }
    }

    @Test
    void inputsMayHaveAnyTypeThatHoldsTheirValues() {
        var halves = ByteBuffer.allocate(2 * 3 * 32 * 32).order(ByteOrder.LITTLE_ENDIAN);
        var floats = new float[3 * 32 * 32];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (i % 64 - 32) / 32f;
            halves.putShort(Float.floatToFloat16(floats[i]));
        }
        var shape = Shape.of(1, 3, 32, 32);
        namesOfResults("vit-square", Map.of("pixel_values", HostTensor.of(shape, floats)));
        var fromFloats = logits();
        namesOfResults("vit-square", Map.of("pixel_values",
                new HostTensor(DType.F16, shape, MemorySegment.ofArray(halves.array()))));
        assertEquals(fromFloats, logits());
    }

    private String logits() {
        try (var out = Checkpoint.open(folder.resolve("out.safetensors"))) {
            return Arrays.toString(out.tensor("logits").toFloats());
        }
    }

    @Test
    void idsMayBeOf32Or64Bits() {
        try (var golden = Checkpoint.open(Cli.GOLDEN.resolve("bert-plain/golden.safetensors"))) {
            var wide = inputs(golden);
            assertTrue(wide.values().stream().allMatch(tensor -> tensor.dtype() == DType.I64), wide.toString());
            namesOfResults("bert-plain", wide);
            var expected = states();
            var narrow = wide.entrySet().stream().collect(Collectors.toMap(
                    Map.Entry::getKey, each -> HostTensor.of(each.getValue().shape(), each.getValue().toInts())));
            namesOfResults("bert-plain", narrow);
            assertEquals(expected, states());
        }
    }

    private String states() {
        try (var out = Checkpoint.open(folder.resolve("out.safetensors"))) {
            return Arrays.toString(out.tensor("last_hidden_state").toFloats());
        }
    }

    @Test
    void wrongInputsAreOneLineAndLeaveNoFile() {
        var pixels = HostTensor.zeros(DType.F32, Shape.of(1, 3, 32, 32));
        var ids = HostTensor.of(Shape.of(1, 2), 5, 211);
        assertFails("there is a tensor \"pixels\", and this model takes only pixel_values", "vit-square",
                Map.of("pixels", pixels));
        assertFails("pixel_values: wanted [*,3,32,32], found [1,3,31,32]", "vit-square",
                Map.of("pixel_values", HostTensor.zeros(DType.F32, Shape.of(1, 3, 31, 32))));
        assertFails("pixel_values is I32 [1,2]; wanted floating point", "vit-square", Map.of("pixel_values", ids));
        assertFails("input_ids is F32 [1,3,32,32]; wanted I64 or I32", "bert-plain", Map.of("input_ids", pixels));
        assertFails("input_ids: id 211 at position 1 is outside 0 to 210", "bert-plain", Map.of("input_ids", ids));
        assertFails("input \"input_ids\" is missing", "bert-plain", Map.of("attention_mask", ids));
    }

    private void assertFails(String complaint, String model, Map<String, HostTensor> inputs) {
        var result = run(model, inputs);
        assertEquals(1, result.code());
        assertTrue(result.complaint().contains(complaint), result.err());
        assertFalse(Files.exists(folder.resolve("out.safetensors")));
    }
}
