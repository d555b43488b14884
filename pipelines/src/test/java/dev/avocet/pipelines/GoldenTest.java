// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.model.Model;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every result of every model against Hugging Face transformers 5.23 with torch 2.13, run in float32 and in float64:
 * our error against float64 is at most twice torch's own, plus one millionth of the largest value.
 */
class GoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    static List<String[]> modelsAndDevices() {
        var cases = new ArrayList<String[]>();
        for (var model : List.of(
                "vit-square", "vit-square-bin", "vit-rect-nobias-tanh", "vit-sharded", "vit-bf16",
                "vit-f16", "align-odd", "align-deep", "bert-plain")) {
            for (var device : TestDevices.names()) {
                cases.add(new String[] {model, device});
            }
        }
        return cases;
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("modelsAndDevices")
    void everyResultIsAsCloseToFloat64AsTorchIs(String name, String deviceName) {
        var folder = GOLDEN.resolve(name);
        try (var pretrained = Pretrained.open(folder);
                var golden = Checkpoint.open(goldenOf(name));
                var device = Device.firstOf(deviceName);
                var session = Session.open(name, pretrained.model()::forward, device)) {
            var inputs = inputs(pretrained.model(), golden);
            var expected = expected(golden);
            var results = session.run(inputs, new ArrayList<>(session.results(shapes(inputs)).keySet()));
            var failures = new ArrayList<String>();
            for (var result : expected) {
                var ours = results.get(ourName(result));
                assertTrue(ours != null, result + " is not among " + results.keySet());
                compare(result, ours, golden).ifPresent(failures::add);
            }
            assertEquals(List.of(), failures);
        }
    }

    /** The weights of a folder with "-bin" are those of the one without, as PyTorch stores them. */
    private static Path goldenOf(String name) {
        return GOLDEN.resolve(name.replaceFirst("-bin$", "")).resolve("golden.safetensors");
    }

    private static Map<String, HostTensor> inputs(Model model, Checkpoint golden) {
        var inputs = new LinkedHashMap<String, HostTensor>();
        model.inputs().forEach((name, type) -> {
            if (golden.names().contains("in." + name)) {
                var tensor = golden.tensor("in." + name);
                inputs.put(name, type == DType.I32
                        ? HostTensor.of(tensor.shape(), tensor.toInts())
                        : HostTensor.of(tensor.shape(), tensor.toFloats()));
            }
        });
        return inputs;
    }

    private static Map<String, Shape> shapes(Map<String, HostTensor> inputs) {
        var shapes = new LinkedHashMap<String, Shape>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }

    private static List<String> expected(Checkpoint golden) {
        return golden.names().stream()
                .filter(each -> each.startsWith("f64."))
                .map(each -> each.substring("f64.".length()))
                .sorted()
                .toList();
    }

    /**
     * The goldens call the towers on their own "vision" and "text"; ALIGN's results hold the same below other names.
     */
    private static String ourName(String golden) {
        return golden.replaceFirst("^(vision|text)\\.", "$1_model_output.");
    }

    private static Optional<String> compare(String name, HostTensor ours, Checkpoint golden) {
        var exact = golden.tensor("f64." + name);
        var torch = golden.tensor("f32." + name);
        assertEquals(exact.shape(), ours.shape(), name);
        double ourError = 0;
        double torchError = 0;
        double largest = 0;
        for (long i = 0; i < exact.shape().elements(); i++) {
            double value = exact.doubleAt(i);
            ourError = Math.max(ourError, distance(ours.floatAt(i), value));
            torchError = Math.max(torchError, distance(torch.floatAt(i), value));
            largest = Math.max(largest, Math.abs(value));
        }
        double allowed = 2 * torchError + 1e-6 * largest;
        return ourError <= allowed
                ? Optional.empty()
                : Optional.of("%s: error %.3g, allowed %.3g".formatted(name, ourError, allowed));
    }

    /** Infinite where one is not a number, so that it can't pass. */
    private static double distance(double ours, double exact) {
        double distance = Math.abs(ours - exact);
        return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
    }
}
