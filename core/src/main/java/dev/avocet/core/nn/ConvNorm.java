// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.graph.Ops;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;

/**
 * A convolution with the batch normalisation after it folded in.
 *
 * @param weight [O,C,k,k]
 * @param bias [O]
 */
public record ConvNorm(Weight weight, Weight bias, int stride, Padding padding) {
    /** A dense convolution and its norm. */
    public static ConvNorm load(
            Weights convolution, Weights norm, int inputs, int outputs, Window window, double epsilon) {
        var batchNorm = BatchNorm.load(norm, outputs, epsilon);
        var weight = convolution.get("weight", outputs, inputs, window.size(), window.size());
        return new ConvNorm(batchNorm.fold(weight), batchNorm.bias(weight.name()), window.stride(), window.padding());
    }

    /** What a convolution sees of the picture at once: a square, every {@code stride} pixels. */
    public record Window(int size, int stride, Padding padding) {}

    /** [B,H,W,C] to [B,H',W',O]. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.conv2d(x, weight, bias, stride, padding);
    }
}
