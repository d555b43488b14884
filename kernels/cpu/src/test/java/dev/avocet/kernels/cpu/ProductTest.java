// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.absolute;
import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;

import dev.avocet.core.tensor.HostTensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NeedsKernels
class ProductTest {
    /** Rows, inputs and outputs. */
    private static final int[][] SHAPES = {
        {1, 1, 1}, {1, 13, 207}, {2, 255, 15}, {5, 256, 16}, {6, 257, 17}, {7, 512, 31}, {13, 513, 33}, {14, 64, 32},
        {15, 207, 1}, {28, 300, 48}, {64, 768, 65}, {207, 13, 13}, {577, 70, 90}, {600, 30, 40},
    };

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void aProductWithAWeightIsTheReferences(Tier tier) {
        try (var trial = new Trial(tier)) {
            for (var shape : SHAPES) {
                var x = trial.tensor(shape[0], shape[1]);
                var weight = trial.weight(shape[2], shape[1]);
                var bias = trial.weight(shape[2]);
                trial.assertSum(shape[1] + 1,
                        ops -> results(ops.linear(input(ops, "x", x), weight, bias)), new HostTensor[] {x},
                        ops -> results(ops.linear(input(ops, "x", x), absolute(weight), absolute(bias))),
                        new HostTensor[] {absolute(x)});
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void aProductOfActivationsIsTheReferences(Tier tier) {
        try (var trial = new Trial(tier)) {
            for (var shape : SHAPES) {
                var a = trial.tensor(shape[0], shape[1]);
                var b = trial.tensor(shape[2], shape[1]);
                Trial.Recording product = ops -> results(ops.matmul(input(ops, "a", a), input(ops, "b", b)));
                trial.assertSum(shape[1], product, new HostTensor[] {a, b}, product,
                        new HostTensor[] {absolute(a), absolute(b)});
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void aGateScalesTheInputsOfItsPicture(Tier tier) {
        try (var trial = new Trial(tier)) {
            for (int channels : new int[] {1, 17, 300}) {
                var x = trial.tensor(3, 5, 4, channels);
                var gate = trial.tensor(3, 1, 1, channels);
                var weight = trial.weight(33, channels);
                Trial.Recording gated = ops -> results(
                        ops.linear(ops.multiply(input(ops, "x", x), input(ops, "gate", gate)), weight, null));
                trial.assertSum(channels + 1, gated, new HostTensor[] {x, gate}, ops -> results(ops.linear(
                        ops.multiply(input(ops, "x", x), input(ops, "gate", gate)), absolute(weight), null)),
                        new HostTensor[] {absolute(x), absolute(gate)});
            }
        }
    }
}
