// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.graph.Step;
import java.util.List;

/**
 * What a device makes of a graph, before any weight is read.
 *
 * @param steps what it computes, in order, after joining what it joins
 * @param scratchBytes the bytes that one run takes for its activations
 * @param weightBytes the bytes that the weights take on the device
 */
public record Outline(List<Step> steps, long scratchBytes, long weightBytes) {
    /** Keeps a list of its own. */
    public Outline {
        steps = List.copyOf(steps);
    }
}
