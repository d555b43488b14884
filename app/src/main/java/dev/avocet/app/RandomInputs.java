// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.graph.Graph;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import java.util.List;
import java.util.Random;

/** Inputs that a graph can run on, the same ones each time: what is measured does not depend on their values. */
final class RandomInputs {
    private RandomInputs() {}

    /** Numbers as of normalised pictures; ids that the model has; a mask of ones. */
    static List<HostTensor> of(Graph graph) {
        var random = new Random(1);
        return graph.inputs().stream().map(input -> fill(input, random)).toList();
    }

    private static HostTensor fill(Graph.Input input, Random random) {
        var shape = input.tensor().shape();
        int count = Math.toIntExact(shape.elements());
        if (input.tensor().dtype() == DType.F32) {
            var values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = 2 * random.nextFloat() - 1;
            }
            return HostTensor.of(shape, values);
        }
        var ids = new int[count];
        boolean isMask = input.bound() == Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            ids[i] = isMask ? 1 : random.nextInt(input.bound());
        }
        return HostTensor.of(shape, ids);
    }
}
