// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.BackendSuite;
import dev.avocet.core.backend.Precision;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** The suite of all backends on a real GPU of compute capability 8.0 or newer. */
@Tag("gpu")
class GpuSuiteTest extends BackendSuite {
    @Override
    protected List<String> devices() {
        return List.of("cuda:0");
    }

    @Override
    protected List<Precision> precisions() {
        return List.of(Precision.values());
    }
}
