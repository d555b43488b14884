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
        int width = x.shape().dim(-1);
        var all = queryKeyValue.forward(ops, x); // [B,S,3 D]
        var query = ops.slice(all, -1, 0, width);
        var key = ops.slice(all, -1, width, 2 * width);
        var value = ops.slice(all, -1, 2 * width, 3 * width);
        return ops.attention(query, key, value, mask, heads, (float) (1 / Math.sqrt((double) width / heads)));
    }
}
