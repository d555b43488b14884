// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.graph.Graph;

/**
 * Turns the graphs of one model into plans, and owns the weights that it laid out for them: each weight once, for all
 * plans.
 */
public interface Compiler extends AutoCloseable {
    /** A plan for a graph; throws {@link DeviceOutOfMemory} where weights or activations don't fit. */
    Plan compile(Graph graph);

    /**
     * A plan for a graph that is nothing but the items of a batch side by side. A device whose caches hold one item
     * better than all of them may compute one after the other, to the same bits.
     *
     * @param item what {@code graph} is for one item
     */
    default Plan compile(Graph graph, Graph item) {
        return compile(graph);
    }

    /** What {@link #compile(Graph)} would make of a graph; reads no weight, and keeps nothing. */
    Outline outline(Graph graph);

    /** What {@link #compile(Graph, Graph)} would make of a batch; reads no weight, and keeps nothing. */
    default Outline outline(Graph graph, Graph item) {
        return outline(graph);
    }

    /** The bytes that the weights take on the device so far. */
    long weightBytes();

    /** Frees the weights; called once, when no plan runs any more. */
    @Override
    void close();
}
