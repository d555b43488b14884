// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

/**
 * The time that each step of a run took, in the order of {@link Plan#steps}.
 *
 * @param nanos from the end of the step before to the end of this one; the first counts from the start of computing
 * @param busyNanos the part of it that the device's threads computed, on average; the rest they waited for each other
 */
public record Timing(long[] nanos, long[] busyNanos) {
    /** Keeps copies. */
    public Timing {
        nanos = nanos.clone();
        busyNanos = busyNanos.clone();
    }
}
