// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.Weight;

/** Convolutions of one pixel: with channels last they are products of each pixel's channels, [C] to [O]. */
public final class Pointwise {
    private Pointwise() {}

    /** From {@code weight} and {@code bias} at a path. */
    public static Linear load(Weights weights, int inputs, int outputs) {
        return new Linear(matrix(weights, inputs, outputs), weights.get("bias", outputs));
    }

    /** A convolution without bias, and the batch normalisation after it folded in. */
    public static Linear loadWithNorm(Weights convolution, Weights norm, int inputs, int outputs, double epsilon) {
        var batchNorm = BatchNorm.load(norm, outputs, epsilon);
        var weight = matrix(convolution, inputs, outputs);
        return new Linear(batchNorm.fold(weight), batchNorm.bias(weight.name()));
    }

    private static Weight matrix(Weights weights, int inputs, int outputs) {
        return new Matrix(weights.get("weight", outputs, inputs, 1, 1));
    }
}
