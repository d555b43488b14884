// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.BackendSuite;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Op;
import java.util.List;

/** What the suite has of products, which alone are others in TF32 than in F32. */
@Simulated(SimulatedGpu.A100)
class SimulatedTf32Test extends BackendSuite {
    @Override
    protected List<String> devices() {
        return List.of("cuda:0");
    }

    @Override
    protected List<Precision> precisions() {
        return List.of(Precision.TF32);
    }

    @Override
    protected boolean affords(Graph graph) {
        return SimulatedSuiteTest.isSmall(graph, 20_000) && graph.nodes().stream()
                .anyMatch(node -> node.op() instanceof Op.Product || node.op() instanceof Op.Matmul);
    }
}
