// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.graph.Graph;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.core.tensor.Tensor;
import java.util.List;

/**
 * What every backend checks of the tensors that a run is given, so that no kernel ever sees a wrong size or an id out
 * of range.
 */
public final class PlanCheck {
    private PlanCheck() {}

    /** Throws {@link ShapeException} unless the tensors are those that the graph declares. */
    public static void check(Graph graph, List<HostTensor> inputs, List<HostTensor> outputs) {
        if (inputs.size() != graph.inputs().size() || outputs.size() != graph.outputs().size()) {
            throw new ShapeException("a run takes " + graph.inputs().size() + " inputs and " + graph.outputs().size()
                    + " outputs, not " + inputs.size() + " and " + outputs.size());
        }
        for (int i = 0; i < inputs.size(); i++) {
            var input = graph.inputs().get(i);
            checkType(input.name(), input.tensor(), inputs.get(i));
            if (input.bound() != Integer.MAX_VALUE) {
                checkRange(input, inputs.get(i));
            }
        }
        int position = 0;
        for (var entry : graph.outputs().entrySet()) {
            checkType(entry.getKey(), entry.getValue(), outputs.get(position++));
        }
    }

    private static void checkType(String name, Tensor wanted, HostTensor found) {
        if (found.dtype() != wanted.dtype() || !found.shape().equals(wanted.shape())) {
            throw new ShapeException(name + ": wanted " + wanted + ", found " + found);
        }
    }

    private static void checkRange(Graph.Input input, HostTensor ids) {
        long count = ids.shape().elements();
        for (long i = 0; i < count; i++) {
            long id = ids.longAt(i);
            if (id < 0 || id >= input.bound()) {
                throw new ShapeException(input.name() + ": id " + id + " at position " + i + " is outside 0 to "
                        + (input.bound() - 1) + ", the rows of its table");
            }
        }
    }
}
