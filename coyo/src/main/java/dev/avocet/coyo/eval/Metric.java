// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import java.util.Optional;

/**
 * A share of cases in which something is right, between 0 and 1.
 *
 * @param name such as {@code top-1}
 * @param value the share
 * @param interval where it lies with 95 % confidence
 * @param cases how many there were
 * @param published what others had, where they say so
 */
public record Metric(String name, double value, Interval interval, long cases, Optional<Published> published) {
    /** Both ends of an interval of confidence. */
    public record Interval(double low, double high) {}

    /** A published value and where it stands. */
    public record Published(double value, String source) {}

    /** The same beside a published value. */
    public Metric beside(Optional<Published> other) {
        return new Metric(name, value, interval, cases, other);
    }
}
