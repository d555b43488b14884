// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import java.util.Arrays;
import java.util.List;

/** The instruction-set tiers of the machine that the tests run on. */
final class MachineTiers {
    private MachineTiers() {}

    /** The names of their devices. */
    static List<String> devices() {
        long supported = Kernels.supportedTiers();
        return Arrays.stream(Tier.values()).filter(tier -> tier.isIn(supported)).map(tier -> "cpu:" + tier.label())
                .toList();
    }
}
