// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.Tensor;

/**
 * Multi-head self-attention (Vaswani et al., 2017) up to the output projection, which belongs to the layers around it.
 *
 * @param queryKeyValue one product for all three: [D] to [3 D]
 */
public record SelfAttention(Linear queryKeyValue, int heads) {
    /** From {@code query}, {@code key} and {@code value} at a path. */
    public static SelfAttention load(Weights weights, int width, int heads, boolean bias) {
        return new SelfAttention(
                Linear.stacked(
                        projection(weights.at("query"), width, bias),
                        projection(weights.at("key"), width, bias),
                        projection(weights.at("value"), width, bias)),
                heads);
    }

    private static Linear projection(Weights weights, int width, boolean bias) {
        return bias ? Linear.load(weights, width, width) : Linear.withoutBias(weights, width, width);
    }

    /** [B,S,D] to context [B,S,D] and probabilities [B,H,S,S]; mask I32 [B,S] or null. */
    public Ops.Attention forward(Ops ops, Tensor x, Tensor mask) {
        var all = queryKeyValue.forward(ops, x); // [B,S,3 D]
        return ops.attention(third(ops, all, 0), third(ops, all, 1), third(ops, all, 2), mask, heads, scale(x));
    }

    /** [B,S,D] to context [B,S,D] inside of each text; texts I32 [B,S], see {@link Ops#packedAttention}. */
    public Tensor forwardPacked(Ops ops, Tensor x, Tensor texts) {
        var all = queryKeyValue.forward(ops, x); // [B,S,3 D]
        return ops.packedAttention(third(ops, all, 0), third(ops, all, 1), third(ops, all, 2), texts, heads, scale(x));
    }

    private static Tensor third(Ops ops, Tensor all, int which) {
        int width = all.shape().dim(-1) / 3;
        return ops.slice(all, -1, which * width, (which + 1) * width);
    }

    private float scale(Tensor x) {
        return (float) (1 / Math.sqrt((double) x.shape().dim(-1) / heads));
    }
}
