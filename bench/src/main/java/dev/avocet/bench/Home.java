// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench;

import java.nio.file.Path;

/** Where the benchmarks keep what is made once: checkpoints, exported graphs, the peers' Python environment. */
public final class Home {
    private Home() {}

    /** {@code $AVOCET_BENCH_HOME}, or {@code avocet/bench} in the user's cache folder. */
    public static Path path() {
        var chosen = System.getenv("AVOCET_BENCH_HOME");
        if (chosen != null && !chosen.isEmpty()) {
            return Path.of(chosen);
        }
        var cache = System.getenv("XDG_CACHE_HOME");
        var base =
                cache != null && !cache.isEmpty() ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("avocet").resolve("bench");
    }
}
