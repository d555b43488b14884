// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.worker;

import dev.avocet.core.backend.Precision;
import java.util.Locale;

/**
 * Where the networks of a comparison run, and in which precision: AVOCET_BENCH_DEVICE and AVOCET_BENCH_PRECISION, which
 * every worker inherits, in whatever language it is.
 */
public final class Target {
    private Target() {}

    /** The device; the CPU by default. */
    static String device() {
        return System.getenv().getOrDefault("AVOCET_BENCH_DEVICE", "cpu");
    }

    /** Whether it is a GPU. */
    static boolean isCuda() {
        return device().startsWith("cuda");
    }

    /** The precision; f32 by default. */
    public static Precision precision() {
        return Precision.valueOf(
                System.getenv().getOrDefault("AVOCET_BENCH_PRECISION", "f32").toUpperCase(Locale.ROOT));
    }
}
