// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.backend.Session;
import dev.avocet.core.model.Model;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every result of every model against Hugging Face transformers 5.23 with torch 2.13, run in float32 and in float64:
 * our error against float64 is at most twice torch's own in our precision, plus a part of the largest value: one
 * millionth in float, a thousandth in half precision, and 0.008 in bfloat16.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class GoldenSuite {
    /** One model on one device. */
    public record Case(String model, String device, Precision precision) {
        @Override
        public String toString() {
            return model + " on " + device + " in " + precision;
        }
    }

    /** The models, devices and precisions to test. */
    protected abstract List<Case> cases();

    /** Where the goldens are. */
    protected abstract Path folder();

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void everyResultIsAsCloseToFloat64AsTorchIs(Case each) {
        var name = each.model;
        var bound = bound(each);
        try (var pretrained = Pretrained.open(folder().resolve(name));
                var golden = Checkpoint.open(goldenOf(name).resolve("golden.safetensors"));
                var device = Device.firstOf(each.device);
                var session = Session.open(name, pretrained.model()::forward, device, each.precision)) {
            var inputs = inputs(pretrained.model(), golden);
            var expected = expected(golden);
            var results = session.run(inputs, new ArrayList<>(session.results(shapes(inputs)).keySet()));
            var failures = new ArrayList<String>();
            for (var result : expected) {
                var ours = results.get(ourName(result));
                assertTrue(ours != null, result + " is not among " + results.keySet());
                compare(result, ours, golden, bound).ifPresent(failures::add);
            }
            assertEquals(List.of(), failures);
        }
    }

    /** The weights of a folder with "-bin" are those of the one without, as PyTorch stores them. */
    private Path goldenOf(String name) {
        return folder().resolve(name.replaceFirst("-bin$", ""));
    }

    /**
     * How far a result may be from float64.
     *
     * @param torch the largest error of torch in this precision by result; empty where it is to be found by comparing
     * @param share of the largest value, besides
     */
    private record Bound(Map<String, Double> torch, double share) {}

    private Bound bound(Case each) {
        return switch (each.precision) {
            case F32 -> new Bound(Map.of(), 1e-6);
            case F16 -> new Bound(halfErrors(each, "f16"), 1e-3);
            case TF32 -> new Bound(halfErrors(each, "f16"), 1e-3);
            case BF16 -> new Bound(halfErrors(each, "bf16"), 8e-3);
        };
    }

    /** What half_errors.py wrote: torch's largest error for each result, by type. */
    private Map<String, Double> halfErrors(Case each, String type) {
        try {
            var file = goldenOf(each.model).resolve("half.json").toFile();
            return new ObjectMapper().readValue(file, new TypeReference<Map<String, Map<String, Double>>>() {})
                    .get(type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    private static Optional<String> compare(String name, HostTensor ours, Checkpoint golden, Bound bound) {
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
        double allowed = 2 * bound.torch.getOrDefault(name, torchError) + bound.share * largest;
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
