// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.Backend;
import dev.avocet.core.backend.BackendProvider;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.DeviceOptions;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The device {@code cpu}: the best instruction-set tier that this machine has; {@code cpu:baseline}, {@code cpu:v3} and
 * {@code cpu:v4} force one, to compare results or speed.
 */
public final class CpuBackendProvider implements BackendProvider {
    /** More threads than this, and than twice the processors, are a mistake that would stall the machine. */
    private static final int MOST_THREADS = 64;

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Backend open(String selector, DeviceOptions options) {
        int processors = Runtime.getRuntime().availableProcessors();
        int most = Math.max(MOST_THREADS, 2 * processors);
        if (options.threads() > most) {
            throw new BackendUnavailable(options.threads() + " threads are too many for " + processors
                    + " processors; ask for at most " + most);
        }
        return CpuBackend.open(tier(selector), options);
    }

    private static Tier tier(String selector) {
        long supported = Kernels.supportedTiers();
        if (selector.isEmpty()) {
            return Arrays.stream(Tier.values()).filter(tier -> tier.isIn(supported)).reduce((_, better) -> better)
                    .orElseThrow();
        }
        var tier = Tier.named(selector).orElseThrow(() -> new BackendUnavailable(
                "there is no instruction-set tier \"" + selector + "\"; there are " + labels(~0L)));
        if (!tier.isIn(supported)) {
            throw new BackendUnavailable(
                    "this processor lacks the instructions of tier " + selector + "; it has those of "
                            + labels(supported));
        }
        return tier;
    }

    private static String labels(long bits) {
        return Arrays.stream(Tier.values()).filter(tier -> tier.isIn(bits)).map(Tier::label)
                .collect(Collectors.joining(", "));
    }
}
