// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttentionTest {
    /** Texts, tokens, heads, and the width of a head. */
    private static final int[][] SHAPES = {
        {1, 1, 1, 1}, {2, 7, 3, 12}, {1, 13, 2, 32}, {2, 64, 3, 64}, {1, 207, 2, 80}, {1, 300, 1, 17}, {1, 577, 1, 64},
        {1, 33, 1, 300},
    };

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void contextAndProbabilitiesAreTheReferences(Tier tier) {
        try (var trial = new Trial(tier)) {
            for (var shape : SHAPES) {
                int width = shape[2] * shape[3];
                var all = trial.tensor(shape[0], shape[1], 3 * width);
                var mask = HostTensor.of(Shape.of(shape[0], shape[1]),
                        trial.random().ints((long) shape[0] * shape[1], 0, 2).toArray());
                trial.assertWithin(1e-5, ops -> {
                    var joint = input(ops, "all", all);
                    var q = ops.slice(joint, 2, 0, width);
                    var k = ops.slice(joint, 2, width, 2 * width);
                    var v = ops.slice(joint, 2, 2 * width, 3 * width);
                    float scale = (float) (1 / Math.sqrt(shape[3]));
                    var masked = ops.attention(q, k, v, input(ops, "mask", mask), shape[2], scale);
                    var plain = ops.attention(q, k, v, null, shape[2], scale);
                    return results(masked.context(), masked.probabilities(), plain.context());
                }, all, mask);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void aTextWithoutAnyTokenWeighsAllTheSame(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(1, 10, 8);
            var mask = HostTensor.of(Shape.of(1, 10), new int[10]);
            var probabilities = trial.run(ops -> {
                var all = input(ops, "x", x);
                return results(ops.attention(all, all, all, input(ops, "mask", mask), 2, 1).probabilities());
            }, x, mask).getFirst();
            for (float probability : probabilities) {
                assertEquals(0.1f, probability);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.Trial#tiers")
    void scoresMayBeLarge(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(1, 20, 16);
            trial.assertWithin(1e-3, ops -> {
                var all = input(ops, "x", x);
                return results(ops.attention(all, all, all, null, 1, 40).context());
            }, x);
        }
    }
}
