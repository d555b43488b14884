// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;
import java.util.Random;

/** A weight in an array. */
public record TestWeight(String name, Shape shape, float[] values) implements Weight {
    /** A weight of zeros. */
    public static TestWeight zeros(String name, int... dims) {
        var shape = Shape.of(dims);
        return new TestWeight(name, shape, new float[(int) shape.elements()]);
    }

    /** A weight of normally distributed numbers. */
    public static TestWeight random(Random random, int... dims) {
        var weight = zeros("random" + Shape.of(dims), dims);
        for (int i = 0; i < weight.values.length; i++) {
            weight.values[i] = (float) random.nextGaussian();
        }
        return weight;
    }

    @Override
    public void read(long from, float[] into, int offset, int count) {
        System.arraycopy(values, (int) from, into, offset, count);
    }
}
