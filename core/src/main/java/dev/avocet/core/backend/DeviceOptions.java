// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

/**
 * How much of the machine a device may use.
 *
 * @param threads threads that compute, callers included; the default is the number of processors that this process may
 *     use
 * @param slots calls that compute at once, each with its own scratch memory, at most {@code threads} on a CPU; others
 *     wait. The default is {@code threads}
 */
public record DeviceOptions(int threads, int slots) {
    /** Refuses numbers below 1. */
    public DeviceOptions {
        if (threads < 1 || slots < 1) {
            throw new IllegalArgumentException("threads and slots must be positive, not " + threads + " and " + slots);
        }
    }

    /** As many threads and slots as there are processors. */
    public static DeviceOptions defaults() {
        return ofThreads(Runtime.getRuntime().availableProcessors());
    }

    /** This many threads, and as many slots. */
    public static DeviceOptions ofThreads(int threads) {
        return new DeviceOptions(threads, threads);
    }

    /** The same with another number of slots. */
    public DeviceOptions withSlots(int count) {
        return new DeviceOptions(threads, count);
    }
}
