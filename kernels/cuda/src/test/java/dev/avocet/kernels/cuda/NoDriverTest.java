// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A machine without NVIDIA's driver, as most are. */
class NoDriverTest {
    @BeforeAll
    static void requireNoDriver() {
        assumeTrue(isMissing(), "there is a driver here");
    }

    private static boolean isMissing() {
        try (var arena = Arena.ofConfined()) {
            var _ = SymbolLookup.libraryLookup("libcuda.so.1", arena);
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    @Test
    void theDriverIsNamedWithWhatToInstall() {
        var refusal = assertThrows(BackendUnavailable.class, () -> Device.firstOf("cuda"));
        assertEquals(
                "libcuda.so.1 was not found; install NVIDIA's driver, version 525 or newer, and in a container run it "
                        + "with --gpus all",
                refusal.getMessage());
    }

    @Test
    void anotherDeviceIsUsedInstead() {
        try (var device = Device.firstOf("cuda:0", "reference")) {
            assertEquals("reference", device.name());
        }
    }
}
