// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The instruction sets that the CPU kernels are compiled for, each tried by forcing it as a user would. */
final class CpuTiers {
    private static final String FORCE = "avocet.cpu.tier";
    private static final List<String> NAMES = List.of("baseline", "v3", "v4");

    private CpuTiers() {}

    /** For each tier "usable", or the reason why not. */
    static SequencedMap<String, Object> probe(DeviceOptions options) {
        var forced = System.getProperty(FORCE);
        var tiers = new LinkedHashMap<String, Object>();
        try {
            for (var tier : NAMES) {
                System.setProperty(FORCE, tier);
                tiers.put(tier, probeForced(options));
            }
        } finally {
            if (forced == null) {
                System.clearProperty(FORCE);
            } else {
                System.setProperty(FORCE, forced);
            }
        }
        return tiers;
    }

    private static String probeForced(DeviceOptions options) {
        try {
            Device.firstOf(options, "cpu").close();
            return "usable";
        } catch (BackendUnavailable refusal) {
            return "refused: " + refusal.getMessage();
        }
    }
}
