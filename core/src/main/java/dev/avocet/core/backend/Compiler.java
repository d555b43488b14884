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

    /** What {@link #compile} would make of a graph; reads no weight, and keeps nothing. */
    Outline outline(Graph graph);

    /** The bytes that the weights take on the device so far. */
    long weightBytes();

    /** Frees the weights; called once, when no plan runs any more. */
    @Override
    void close();
}
