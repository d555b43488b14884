// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Step;
import dev.avocet.core.tensor.HostTensor;
import java.util.List;

/**
 * A graph made ready for one device: immutable, shared by all threads.
 *
 * <p>Inputs and outputs go by position, in the order of {@code graph().inputs()} and {@code graph().outputs()}.
 */
public interface Plan {
    /** The graph as recorded, before a backend joined steps. */
    Graph graph();

    /**
     * One inference: reads the inputs, writes the outputs, returns when they are written.
     *
     * <p>Checks types, shapes and the range of ids first, and throws {@link dev.avocet.core.tensor.ShapeException}
     * before anything is computed. Allocates nothing once it has run before. Waits where all slots of the device are in
     * use.
     */
    void run(List<HostTensor> inputs, List<HostTensor> outputs);

    /** What is computed, in order, after the backend joined steps. */
    List<Step> steps();

    /**
     * One inference as by {@link #run}, to the same bits, and how long each step took.
     *
     * <p>A run that is not timed pays nothing for this.
     */
    Timing profile(List<HostTensor> inputs, List<HostTensor> outputs);

    /** The bytes that one run takes for its activations. */
    long scratchBytes();
}
