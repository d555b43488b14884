// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.BackendUnavailable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The instruction-set tiers of the machine that the tests run on. */
final class MachineTiers {
    private MachineTiers() {}

    /** All tiers that this machine can run. */
    static Stream<Tier> all() {
        long supported = Kernels.supportedTiers();
        return Arrays.stream(Tier.values()).filter(tier -> tier.isIn(supported));
    }

    /** The fastest of them. */
    static Tier best() {
        return all().reduce((_, better) -> better).orElseThrow();
    }

    /** The names of their devices. */
    static List<String> devices() {
        return all().map(tier -> "cpu:" + tier.label()).toList();
    }

    /** Whether the build had a C compiler. */
    static boolean areBuilt() {
        try {
            return all().findAny().isPresent();
        } catch (BackendUnavailable notBuilt) {
            return false;
        }
    }
}
