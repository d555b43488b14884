// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The instruction-set tiers that the CPU kernels are compiled for, each opened as a user would. */
final class CpuTiers {
    private static final List<String> NAMES = List.of("baseline", "v3", "v4");

    private CpuTiers() {}

    /** For each tier "usable", or the reason why not. */
    static SequencedMap<String, Object> probe(DeviceOptions options) {
        var tiers = new LinkedHashMap<String, Object>();
        for (var tier : NAMES) {
            tiers.put(tier, probe(tier, options));
        }
        return tiers;
    }

    private static String probe(String tier, DeviceOptions options) {
        try (var _ = Device.firstOf(options, "cpu:" + tier)) {
            return "usable";
        } catch (BackendUnavailable refusal) {
            return "refused: " + refusal.getMessage();
        }
    }
}
