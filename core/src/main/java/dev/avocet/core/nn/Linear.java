// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import java.util.List;

/**
 * A fully connected layer.
 *
 * @param weight [N,K]
 * @param bias [N], or null
 */
public record Linear(Weight weight, Weight bias) {
    /** From {@code weight} and {@code bias} at a path. */
    public static Linear load(Weights weights, int inputs, int outputs) {
        return new Linear(weights.get("weight", outputs, inputs), weights.get("bias", outputs));
    }

    /** From {@code weight} at a path. */
    public static Linear withoutBias(Weights weights, int inputs, int outputs) {
        return new Linear(weights.get("weight", outputs, inputs), null);
    }

    /** A convolution whose windows touch but don't overlap, weight [O,C,h,w]: a product of patches, [C*h*w] to [O]. */
    public static Linear ofPatches(Weights weights, Shape shape) {
        return new Linear(new Matrix(weights.get("weight", shape.toArray())), weights.get("bias", shape.dim(0)));
    }

    /** Several layers on one input as one, their outputs side by side; all have a bias or none has. */
    public static Linear stacked(Linear... layers) {
        var all = List.of(layers);
        var weight = new Stacked(all.stream().map(Linear::weight).toList());
        return new Linear(weight, layers[0].bias == null ? null : new Stacked(all.stream().map(Linear::bias).toList()));
    }

    /** [...,K] to [...,N]. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.linear(x, weight, bias);
    }
}
