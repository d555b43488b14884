// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.BackendSuite;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Graph;
import java.util.List;

/** The suite of all backends through the unchanged backend on a simulated GPU; {@link SimulatedTf32Test} has the rest. */
@Simulated(SimulatedGpu.A100)
class SimulatedSuiteTest extends BackendSuite {
    @Override
    protected List<String> devices() {
        return List.of("cuda:0");
    }

    @Override
    protected List<Precision> precisions() {
        return List.of(Precision.F32, Precision.F16, Precision.BF16);
    }

    /** Leaves out attention over many tokens, whose hundreds of thousands of threads take seconds on a host. */
    @Override
    protected boolean affords(Graph graph) {
        return isSmall(graph, 20_000);
    }

    /** Whether a graph has few operations, and so many elements in a result at most. */
    static boolean isSmall(Graph graph, long elements) {
        return graph.flops() <= 3_000_000
                && graph.outputs().values().stream().allMatch(each -> each.shape().elements() <= elements);
    }
}
