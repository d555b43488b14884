// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import dev.avocet.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a checkpoint holds, tensor by tensor under Hugging Face's names, and the random numbers in each: scaled so that
 * activations stay within a few orders of magnitude through all layers, as in a trained network.
 */
public final class Layout {
    private static final float VECTOR_DEVIATION = 0.2f;

    private final String prefix;
    private final long seed;
    private final List<RandomWeight> weights;
    private final List<String> counters;

    private Layout(String prefix, long seed, List<RandomWeight> weights, List<String> counters) {
        this.prefix = prefix;
        this.seed = seed;
        this.weights = weights;
        this.counters = counters;
    }

    static Layout empty(long seed) {
        return new Layout("", seed, new ArrayList<>(), new ArrayList<>());
    }

    /** The tensors of 32-bit floats. */
    public List<RandomWeight> weights() {
        return Collections.unmodifiableList(weights);
    }

    /** The names of the I64 scalars: how many steps each batch norm was trained for. */
    public List<String> counters() {
        return Collections.unmodifiableList(counters);
    }

    Layout at(String name) {
        return new Layout(prefix + name + ".", seed, weights, counters);
    }

    Layout at(String name, int index) {
        return at(name).at(Integer.toString(index));
    }

    void matrix(String name, int... dims) {
        weights.add(RandomWeight.matrix(prefix + name, Shape.of(dims), seed));
    }

    void vector(String name, int width, float mean) {
        weights.add(new RandomWeight(prefix + name, Shape.of(width), mean, VECTOR_DEVIATION, seed));
    }

    void constant(String name, float value) {
        weights.add(new RandomWeight(prefix + name, Shape.SCALAR, value, 0, seed));
    }

    void linear(int inputs, int outputs) {
        matrix("weight", outputs, inputs);
        vector("bias", outputs, 0);
    }

    void norm(int width) {
        vector("weight", width, 1);
        vector("bias", width, 0);
    }

    void batchNorm(int channels) {
        norm(channels);
        vector("running_mean", channels, 0);
        weights.add(new RandomWeight(prefix + "running_var", Shape.of(channels), 1, 0.25f, seed)); // stays above 0.5
        counters.add(prefix + "num_batches_tracked");
    }
}
