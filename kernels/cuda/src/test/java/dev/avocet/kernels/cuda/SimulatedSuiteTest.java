// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.BackendSuite;
import dev.avocet.core.backend.Precision;
import java.util.List;

/** The suite of all backends through the unchanged backend on a simulated GPU that has every precision. */
@Simulated(SimulatedGpu.A100)
class SimulatedSuiteTest extends BackendSuite {
    @Override
    protected List<String> devices() {
        return List.of("cuda:0");
    }

    @Override
    protected List<Precision> precisions() {
        return List.of(Precision.values());
    }
}
