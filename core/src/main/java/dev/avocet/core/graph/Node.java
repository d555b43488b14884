// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import dev.avocet.core.tensor.Tensor;
import java.util.List;

/**
 * One step of a graph.
 *
 * @param op what is computed
 * @param outputs its results; only attention has a second one, and only while somebody asks for it
 * @param path the layer that recorded it, such as {@code encoder.layer.3.attention}; for messages and listings
 */
public record Node(Op op, List<Tensor> outputs, String path) {
    /** The first and mostly only result. */
    public Tensor output() {
        return outputs.getFirst();
    }
}
