// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.BackendSuite;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The suite of all backends, on every instruction-set tier that this machine has. */
@NeedsKernels
class CpuBackendTest extends BackendSuite {
    @Override
    protected List<String> devices() {
        return MachineTiers.devices();
    }

    @Test
    void absurdlyManyThreadsAreRefusedBeforeOneIsStarted() {
        var error =
                assertThrows(BackendUnavailable.class, () -> Device.firstOf(DeviceOptions.ofThreads(20_000), "cpu"));
        assertTrue(error.getMessage().startsWith("20000 threads are too many for "), error.getMessage());
    }

    @Test
    void anUnknownTierIsNamedWithTheKnownOnes() {
        var error = assertThrows(BackendUnavailable.class, () -> Device.firstOf("cpu:v9"));
        assertEquals("there is no instruction-set tier \"v9\"; there are baseline, v3, v4", error.getMessage());
    }
}
