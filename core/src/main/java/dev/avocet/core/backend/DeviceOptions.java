// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

/**
 * How much of the machine a device may use.
 *
 * @param threads threads that compute, callers included; the default is the number of processors that this process may
 *     use
 * @param slots calls that compute at once, each with its own scratch memory, at most {@code threads} on a CPU. The
 *     default is {@code threads}
 * @param maxWaiting calls that may wait for a slot, in the order in which they came; one more gets an
 *     {@link dev.avocet.core.OverloadedException} at once. The default is any number
 */
public record DeviceOptions(int threads, int slots, int maxWaiting) {
    /** Refuses numbers below 1, and below 0 for those who wait. */
    public DeviceOptions {
        if (threads < 1 || slots < 1) {
            throw new IllegalArgumentException("threads and slots must be positive, not " + threads + " and " + slots);
        }
        if (maxWaiting < 0) {
            throw new IllegalArgumentException("maxWaiting must not be negative, but is " + maxWaiting);
        }
    }

    /** As many threads and slots as there are processors. */
    public static DeviceOptions defaults() {
        return ofThreads(Runtime.getRuntime().availableProcessors());
    }

    /** This many threads, and as many slots. */
    public static DeviceOptions ofThreads(int threads) {
        return new DeviceOptions(threads, threads, Integer.MAX_VALUE);
    }

    /** The same with another number of slots. */
    public DeviceOptions withSlots(int count) {
        return new DeviceOptions(threads, count, maxWaiting);
    }

    /** The same with another number of calls that may wait for a slot; 0 refuses whoever finds none free. */
    public DeviceOptions withMaxWaiting(int count) {
        return new DeviceOptions(threads, slots, count);
    }
}
