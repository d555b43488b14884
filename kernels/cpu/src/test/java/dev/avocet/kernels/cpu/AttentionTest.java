// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NeedsKernels
class AttentionTest {
    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
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
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
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
