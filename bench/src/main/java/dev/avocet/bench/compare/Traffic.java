// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.Workload;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Requests as services have them. All with BERT, the shortest network: there they matter most. */
enum Traffic {
    /** One request after the other, many of them: how much longer than the median the slowest take. */
    TAIL(50) {
        @Override
        Contest contest(Set<String> names, Places places, int threads) throws IOException {
            return NetworkPeer.contest(Workload.BERT, 1, names, places, threads)
                    .titled(Workload.BERT.title() + ", " + inARow() + " requests in a row");
        }
    },
    /** As many callers as threads, each with one request after the other. */
    CALLERS(1) {
        @Override
        Contest contest(Set<String> names, Places places, int threads) throws IOException {
            return NetworkPeer.callers(Workload.BERT, names, places, threads);
        }
    };

    private final int inARow;

    Traffic(int inARow) {
        this.inARow = inARow;
    }

    /** The traffic of this name, such as {@code tail}. */
    static Traffic of(String name) {
        return Arrays.stream(values()).filter(each -> each.id().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no traffic \"" + name + "\"; there are "
                        + Arrays.stream(values()).map(Traffic::id).collect(Collectors.joining(", "))));
    }

    private String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How many runs an engine makes before it is the next one's turn. */
    int inARow() {
        return inARow;
    }

    /** This, with those of the engines whose names are given. */
    abstract Contest contest(Set<String> names, Places places, int threads) throws IOException;
}
