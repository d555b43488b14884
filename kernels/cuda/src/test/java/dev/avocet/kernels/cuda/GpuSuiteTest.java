// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.avocet.core.backend.BackendSuite;
import dev.avocet.core.backend.Precision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** The suite of all backends on a real GPU, in every precision that it has. */
@Tag("gpu")
class GpuSuiteTest extends BackendSuite {
    @Override
    protected List<String> devices() {
        return List.of("cuda:0");
    }

    @Override
    protected List<Precision> precisions() {
        return ofThisGpu();
    }

    static List<Precision> ofThisGpu() {
        var driver = new Driver();
        assertEquals(0, driver.init(), "there is no GPU here");
        var gpu = Gpu.of(driver, 0);
        return Stream.of(Precision.values()).filter(gpu::has).toList();
    }
}
