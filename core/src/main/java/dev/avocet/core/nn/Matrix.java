// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;

/** A convolution's weight [O,...] seen as the matrix [O,K] of a product. */
record Matrix(Weight weight) implements Weight {
    @Override
    public String name() {
        return weight.name();
    }

    @Override
    public Shape shape() {
        int rows = weight.shape().dim(0);
        return Shape.of(rows, Math.toIntExact(weight.shape().elements() / rows));
    }

    @Override
    public void read(long from, float[] into, int offset, int count) {
        weight.read(from, into, offset, count);
    }

    @Override
    public void release() {
        weight.release();
    }
}
