// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.Tensor;

/** The two products of a transformer's layer with the activation between them. */
public record FeedForward(Linear intermediate, Activation activation, Linear output) {
    /** From {@code intermediate.dense} and {@code output.dense} at a path. */
    public static FeedForward load(Weights weights, int width, int inner, Activation activation) {
        return new FeedForward(
                Linear.load(weights.at("intermediate").at("dense"), width, inner),
                activation,
                Linear.load(weights.at("output").at("dense"), inner, width));
    }

    /** [...,D] to [...,D]. */
    public Tensor forward(Ops ops, Tensor x) {
        return output.forward(ops, ops.activation(intermediate.forward(ops, x), activation));
    }
}
