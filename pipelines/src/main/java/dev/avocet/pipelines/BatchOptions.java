// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import java.time.Duration;
import java.util.Objects;

/**
 * How a {@link Batcher} gathers items.
 *
 * @param maxBatch how many items are computed at once at most
 * @param maxDelay how long an item may wait for company while nothing is computed; zero for not at all
 * @param maxQueue how many items may be accepted without being computed yet
 * @param whenFull what becomes of an item that finds the queue full
 */
public record BatchOptions(int maxBatch, Duration maxDelay, int maxQueue, WhenFull whenFull) {
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    /** What becomes of an item that finds the queue full. */
    public enum WhenFull {
        /** It is refused at once, by an {@link dev.avocet.core.OverloadedException}. */
        REJECT,
        /** Its thread waits for a place, in the order in which they came. */
        WAIT
    }

    /** Refuses numbers below 1, and delays below zero or above a minute. */
    public BatchOptions {
        Objects.requireNonNull(whenFull);
        if (maxBatch < 1 || maxQueue < 1) {
            throw new IllegalArgumentException(
                    "maxBatch and maxQueue must be positive, not " + maxBatch + " and " + maxQueue);
        }
        if (maxDelay.isNegative() || maxDelay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("maxDelay must be from 0 to a minute, not " + maxDelay);
        }
    }

    /** Batches of 8, a delay of at most a millisecond, a queue of 64, and refusal where it is full. */
    public static BatchOptions defaults() {
        return new BatchOptions(8, Duration.ofMillis(1), 64, WhenFull.REJECT);
    }

    /** The same with another largest batch. */
    public BatchOptions withMaxBatch(int count) {
        return new BatchOptions(count, maxDelay, maxQueue, whenFull);
    }

    /** The same with another longest delay. */
    public BatchOptions withMaxDelay(Duration delay) {
        return new BatchOptions(maxBatch, delay, maxQueue, whenFull);
    }

    /** The same with another size of the queue. */
    public BatchOptions withMaxQueue(int count) {
        return new BatchOptions(maxBatch, maxDelay, count, whenFull);
    }

    /** The same with another rule for a full queue. */
    public BatchOptions withWhenFull(WhenFull rule) {
        return new BatchOptions(maxBatch, maxDelay, maxQueue, rule);
    }
}
