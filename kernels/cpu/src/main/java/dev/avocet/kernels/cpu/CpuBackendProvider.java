// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.Backend;
import dev.avocet.core.backend.BackendProvider;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.DeviceOptions;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The device {@code cpu}: the best instruction-set tier that this machine has, or the one that the system property
 * {@value #TIER_PROPERTY} names ({@code baseline}, {@code v3} or {@code v4}).
 */
public final class CpuBackendProvider implements BackendProvider {
    /** Forces a tier, to compare results or speed. */
    public static final String TIER_PROPERTY = "avocet.cpu.tier";

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Backend open(String selector, DeviceOptions options) {
        if (!selector.isEmpty()) {
            throw new BackendUnavailable("there is one cpu; write \"cpu\", not \"cpu:" + selector + "\"");
        }
        return CpuBackend.open(tier(), options);
    }

    private static Tier tier() {
        long supported = Kernels.supportedTiers();
        var forced = System.getProperty(TIER_PROPERTY);
        if (forced == null) {
            return Arrays.stream(Tier.values()).filter(tier -> tier.isIn(supported)).reduce((_, better) -> better).orElseThrow();
        }
        var tier = Tier.named(forced).orElseThrow(() -> new BackendUnavailable("-D" + TIER_PROPERTY + "=" + forced
                + " names no tier; there are " + labels(~0L)));
        if (!tier.isIn(supported)) {
            throw new BackendUnavailable("this machine can't run tier " + forced + " (-D" + TIER_PROPERTY + "); it can run "
                    + labels(supported));
        }
        return tier;
    }

    private static String labels(long bits) {
        return Arrays.stream(Tier.values()).filter(tier -> tier.isIn(bits)).map(Tier::label).collect(Collectors.joining(", "));
    }
}
