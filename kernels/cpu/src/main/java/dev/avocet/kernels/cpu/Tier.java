// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import java.util.Arrays;
import java.util.Optional;

/** A set of instructions that the kernels are compiled for; later ones are faster. */
enum Tier {
    /** What every processor of the platform has: SSE2 on x86, NEON on ARM. */
    BASELINE(1),
    /** AVX2 with fused multiply-add: x86-64-v3. */
    V3(2),
    /** AVX-512: x86-64-v4. */
    V4(4);

    private final int bit;

    Tier(int bit) {
        this.bit = bit;
    }

    /** As in file names, settings and messages: {@code v4}. */
    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether a machine that reported these bits has it. */
    boolean isIn(long bits) {
        return (bits & bit) != 0;
    }

    static Optional<Tier> named(String label) {
        return Arrays.stream(values()).filter(tier -> tier.label().equals(label)).findFirst();
    }
}
