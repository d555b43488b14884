// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.absolute;
import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;

import dev.avocet.core.graph.Padding;
import dev.avocet.core.tensor.HostTensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NeedsKernels
class ConvolutionTest {
    /** Kernel, stride, channels, height, width. */
    private static final int[][] SHAPES = {
        {1, 1, 5, 3, 4}, {3, 1, 16, 1, 1}, {3, 1, 33, 7, 9}, {3, 2, 17, 10, 15}, {5, 1, 48, 19, 10}, {5, 2, 140, 12, 7},
        {5, 1, 8, 2, 3}, {7, 1, 13, 9, 8}, {7, 2, 31, 11, 20}, {3, 3, 4, 10, 10}, {2, 1, 15, 6, 6}, {5, 1, 3, 33, 70},
    };

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void aDepthwiseConvolutionIsTheReferences(Tier tier) {
        try (var trial = new Trial(tier)) {
            for (var shape : SHAPES) {
                var x = trial.tensor(2, shape[3], shape[4], shape[2]);
                var weight = trial.weight(shape[2], 1, shape[0], shape[0]);
                var bias = trial.weight(shape[2]);
                trial.assertSum(shape[0] * shape[0] + 1,
                        ops -> results(
                                ops.depthwiseConv2d(input(ops, "x", x), weight, bias, shape[1], padding(shape[0]))),
                        new HostTensor[] {x},
                        ops -> results(ops.depthwiseConv2d(
                                input(ops, "x", x), absolute(weight), absolute(bias), shape[1], padding(shape[0]))),
                        new HostTensor[] {absolute(x)});
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void aFullConvolutionIsTheReferences(Tier tier) {
        try (var trial = new Trial(tier)) {
            for (var shape : SHAPES) {
                var x = trial.tensor(2, shape[3], shape[4], shape[2]);
                var weight = trial.weight(19, shape[2], shape[0], shape[0]);
                trial.assertSum(shape[0] * shape[0] * shape[2],
                        ops -> results(ops.conv2d(input(ops, "x", x), weight, null, shape[1], padding(shape[0]))),
                        new HostTensor[] {x},
                        ops -> results(ops.conv2d(
                                input(ops, "x", x), absolute(weight), null, shape[1], padding(shape[0]))),
                        new HostTensor[] {absolute(x)});
            }
        }
    }

    /** One row and column more after the picture than before, as EfficientNet pads for a stride of 2. */
    private static Padding padding(int kernel) {
        return new Padding((kernel - 1) / 2, kernel / 2, (kernel - 1) / 2, kernel / 2);
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void paddingMayBeUnequalWideOrNegative(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(1, 9, 11, 20);
            var depthwise = trial.weight(20, 1, 3, 3);
            var full = trial.weight(6, 20, 3, 3);
            for (var padding : new Padding[] {
                Padding.NONE, new Padding(0, 1, 0, 1), new Padding(5, 4, 6, 3), new Padding(-1, -2, -3, 0)}) {
                trial.assertWithin(1e-4, ops -> {
                    var picture = input(ops, "x", x);
                    return results(
                            ops.depthwiseConv2d(picture, depthwise, null, 2, padding),
                            ops.depthwiseConv2d(picture, depthwise, null, 1, padding),
                            ops.conv2d(picture, full, null, 1, padding));
                }, x);
            }
        }
    }
}
