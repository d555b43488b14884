// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.Tensor;

/**
 * Squeeze-and-excitation (Hu et al., 2018): each channel of a picture times a gate that all its channels' means decide.
 */
public record SqueezeExcite(Linear reduce, Activation activation, Linear expand) {
    /** From {@code reduce} and {@code expand} at a path, two convolutions of one pixel. */
    public static SqueezeExcite load(Weights weights, int channels, int squeezed, Activation activation) {
        return new SqueezeExcite(
                Pointwise.load(weights.at("reduce"), channels, squeezed),
                activation,
                Pointwise.load(weights.at("expand"), squeezed, channels));
    }

    /** [B,H,W,C] to [B,H,W,C]. */
    public Tensor forward(Ops ops, Tensor x) {
        var means = ops.meanSpatial(x); // [B,1,1,C]
        var squeezed = ops.activation(reduce.forward(ops, means), activation);
        return ops.multiply(x, ops.activation(expand.forward(ops, squeezed), Activation.SIGMOID));
    }
}
