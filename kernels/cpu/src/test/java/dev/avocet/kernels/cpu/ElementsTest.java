// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NeedsKernels
class ElementsTest {
    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void aNormSurvivesALargeMean(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(3, 100);
            var weight = trial.weight(100);
            trial.assertWithin(2e-3, ops -> {
                var far = ops.add(input(ops, "x", x),
                        ops.constant(new TestWeight("far", Shape.of(1), new float[] {1000})));
                return results(ops.layerNorm(far, weight, weight, 1e-6f));
            }, x);
        }
    }

    /** Units in the last place that a function may be off; the reference is rounded itself, hence one more. */
    private static final Map<Activation, Integer> ULPS = Map.of(
            Activation.GELU, 7, Activation.SWISH, 4, Activation.SIGMOID, 4, Activation.TANH, 3, Activation.RELU, 0);

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void functionsAreGoodToTheLastPlaces(Tier tier) {
        try (var trial = new Trial(tier)) {
            var values = new float[1 << 18];
            for (int i = 0; i < values.length; i++) {
                float value = Float.intBitsToFloat(i << 14);
                values[i] = Math.abs(value) < 80 ? value : i * 1e-5f;
            }
            var x = HostTensor.of(Shape.of(values.length / 64, 64), values);
            ULPS.forEach((function, ulps) -> {
                Trial.Recording recording = ops -> results(ops.activation(input(ops, "x", x), function));
                var found = trial.run(recording, x).getFirst();
                var wanted = trial.reference(recording, x).getFirst();
                for (int i = 0; i < values.length; i++) {
                    double error = Math.abs((double) found[i] - wanted[i]) / Math.ulp(wanted[i]);
                    boolean tiny = Math.abs(wanted[i]) < Float.MIN_NORMAL;
                    assertTrue(error <= ulps || tiny && Math.abs(found[i]) <= 2 * Float.MIN_NORMAL,
                            function + "(" + values[i] + ") = " + found[i] + ", wanted " + wanted[i]);
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void functionsHaveTheirLimits(Tier tier) {
        float inf = Float.POSITIVE_INFINITY;
        float nan = Float.NaN;
        var x = HostTensor.of(Shape.of(6), inf, -inf, nan, 0f, -0f, Float.MIN_VALUE);
        try (var trial = new Trial(tier)) {
            for (var function : Activation.values()) {
                if (function == Activation.NONE) {
                    continue;
                }
                var y = trial.run(ops -> results(ops.activation(input(ops, "x", x), function)), x).getFirst();
                boolean bounded = function == Activation.SIGMOID || function == Activation.TANH;
                assertEquals(bounded ? 1 : inf, y[0], function + "(inf)");
                assertTrue(Float.isNaN(y[2]), function + "(nan)");
                assertEquals(function == Activation.SIGMOID ? 0.5f : 0f, Math.abs(y[3]), function + "(0)");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void notANumberIsNotLostInARow(Tier tier) {
        var x = HostTensor.of(Shape.of(1, 1, 3, 2), 1, Float.NaN, Float.NaN, 2, 3, 4);
        try (var trial = new Trial(tier)) {
            trial.assertSame(ops -> {
                var picture = input(ops, "x", x);
                return results(ops.maxSpatial(picture), ops.meanSpatial(picture),
                        ops.softmax(ops.reshape(picture, 1, 6)));
            }, x);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void theSecondOperandIsRepeatedAlongAxesOfOne(Tier tier) {
        try (var trial = new Trial(tier)) {
            var a = trial.tensor(2, 3, 4, 21);
            for (var dims : new int[][] {
                {2, 3, 4, 21}, {1, 3, 1, 21}, {2, 1, 4, 1}, {1, 1, 1, 1}, {4, 21}, {21}, {1}, {}, {3, 1, 21},
                {2, 3, 1, 1}}) {
                var b = trial.tensor(dims);
                trial.assertSame(ops -> {
                    var first = input(ops, "a", a);
                    var second = input(ops, "b", b);
                    return results(ops.add(first, second), ops.multiply(first, second), ops.scale(first, -0.3f));
                }, a, b);
            }
        }
    }
}
