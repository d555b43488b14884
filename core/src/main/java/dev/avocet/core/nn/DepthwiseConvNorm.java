// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.graph.Ops;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;

/**
 * A depthwise convolution with the batch normalisation after it folded in.
 *
 * @param weight [C,1,k,k]
 * @param bias [C]
 */
public record DepthwiseConvNorm(Weight weight, Weight bias, int stride, Padding padding) {
    /** The convolution and its norm. */
    public static DepthwiseConvNorm load(
            Weights convolution, Weights norm, int channels, ConvNorm.Window window, double epsilon) {
        var batchNorm = BatchNorm.load(norm, channels, epsilon);
        var weight = convolution.get("weight", channels, 1, window.size(), window.size());
        return new DepthwiseConvNorm(
                batchNorm.fold(weight), batchNorm.bias(weight.name()), window.stride(), window.padding());
    }

    /** [B,H,W,C] to [B,H',W',C]. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.depthwiseConv2d(x, weight, bias, stride, padding);
    }
}
