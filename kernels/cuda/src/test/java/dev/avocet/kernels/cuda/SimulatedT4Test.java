// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.BackendSuite;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Op;
import java.util.List;

/** The suite on a GPU whose cuDNN has no attention and joins nothing before a product, so that own kernels do that. */
@Simulated(SimulatedGpu.T4)
class SimulatedT4Test extends BackendSuite {
    @Override
    protected List<String> devices() {
        return List.of("cuda:0");
    }

    @Override
    protected List<Precision> precisions() {
        return List.of(Precision.F16);
    }

    /** What is computed otherwise there; among it attention of 65 tokens, which the kernel brings in in three parts. */
    @Override
    protected boolean affords(Graph graph) {
        return SimulatedSuiteTest.isSmall(graph, 30_000) && graph.nodes().stream()
                .anyMatch(node -> node.op() instanceof Op.Product || node.op() instanceof Op.Attention);
    }
}
