// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** NVIDIA's own driver library on a machine that has no GPU. */
class NvidiaDriverTest {
    @BeforeAll
    static void load() {
        // Not by /dev/nvidiactl, which the driver's library itself makes where it may.
        assumeFalse(Files.exists(Path.of("/proc/driver/nvidia")), "there is a GPU here");
        NvidiaLibraries.driver();
    }

    @Test
    void aMachineWithoutAGpuIsToldWhatToCheck() {
        var refusal = assertThrows(BackendUnavailable.class, () -> Device.firstOf("cuda:0"));
        assertTrue(refusal.getMessage().startsWith("NVIDIA's driver sees no GPU ("), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("100"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("nvidia-smi"), refusal.getMessage());
    }

    @Test
    void anotherDeviceIsUsedInstead() {
        try (var device = Device.firstOf("cuda:0", "reference")) {
            assertEquals("reference", device.name());
        }
    }
}
