// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;

/** Layer normalisation over the features (Ba et al., 2016). */
public record LayerNorm(Weight weight, Weight bias, float epsilon) {
    /** From {@code weight} and {@code bias} at a path. */
    public static LayerNorm load(Weights weights, int features, double epsilon) {
        return new LayerNorm(weights.get("weight", features), weights.get("bias", features), (float) epsilon);
    }

    /** [...,D] to [...,D]. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.layerNorm(x, weight, bias, epsilon);
    }
}
