// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;

/**
 * A weight of random numbers, evenly distributed around a mean.
 *
 * <p>Each number depends on the seed, the name and its position alone, so it can be read in any order, in parallel, and is
 * the same everywhere.
 *
 * @param name the tensor's name
 * @param shape its extents
 * @param mean the mean of its numbers
 * @param deviation their standard deviation
 * @param seed another seed gives other numbers
 */
public record RandomWeight(String name, Shape shape, float mean, float deviation, long seed) implements Weight {
    private static final float GAIN = 1.2f;
    private static final long STEP = 0x9E3779B97F4A7C15L;

    /**
     * A matrix or a kernel, scaled so that a product with it keeps the size of its input: by the number of inputs of one
     * output, that is the elements behind the first axis.
     */
    public static RandomWeight matrix(String name, Shape shape, long seed) {
        double inputs = (double) shape.elements() / shape.dim(0);
        return new RandomWeight(name, shape, 0, (float) (GAIN / Math.sqrt(inputs)), seed);
    }

    @Override
    public void read(long from, float[] into, int offset, int count) {
        long start = mix(seed + name.hashCode() * STEP);
        float reach = (float) (deviation * Math.sqrt(3));
        for (int i = 0; i < count; i++) {
            long bits = mix(start + (from + i) * STEP) >>> 41;
            into[offset + i] = mean + reach * ((bits + 0.5f) * 0x1p-22f - 1);
        }
    }

    /** The output function of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014). */
    private static long mix(long state) {
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
