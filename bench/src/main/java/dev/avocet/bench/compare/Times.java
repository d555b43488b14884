// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** How long each of some runs took. */
record Times(long[] nanos) {
    /** Keeps a sorted copy of its own. */
    Times {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("there are no times");
        }
        nanos = nanos.clone();
        Arrays.sort(nanos);
    }

    static Times of(List<Long> nanos) {
        return new Times(nanos.stream().mapToLong(Long::longValue).toArray());
    }

    /** All runs of all of them. */
    static Times all(List<Times> times) {
        return new Times(times.stream().map(Times::nanos).flatMapToLong(LongStream::of).toArray());
    }

    int count() {
        return nanos.length;
    }

    double minMillis() {
        return nanos[0] / 1e6;
    }

    double medianMillis() {
        return (nanos[(nanos.length - 1) / 2] + nanos[nanos.length / 2]) / 2e6;
    }

    /** By nearest rank: the slowest of fewer than 100 runs. */
    double p99Millis() {
        return nanos[(int) Math.ceil(0.99 * nanos.length) - 1] / 1e6;
    }
}
