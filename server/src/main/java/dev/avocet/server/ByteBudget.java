// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Memory that requests share, counted in KiB; whoever takes some gives it back. */
final class ByteBudget {
    private static final int UNIT = 1024;

    private final int total;
    private final Semaphore free;

    ByteBudget(long bytes) {
        this.total = Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE);
        this.free = new Semaphore(total, true);
    }

    /** What {@code bytes} count as. */
    static int units(long bytes) {
        return Math.toIntExact((bytes + UNIT - 1) / UNIT);
    }

    /** Whether this much could be had if nobody else had any. */
    boolean canEver(int units) {
        return units <= total;
    }

    boolean tryTake(int units) {
        return free.tryAcquire(units);
    }

    boolean take(int units, Duration patience) throws InterruptedException {
        return free.tryAcquire(units, patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    void give(int units) {
        free.release(units);
    }

    long limit() {
        return (long) total * UNIT;
    }

    long taken() {
        return (long) (total - free.availablePermits()) * UNIT;
    }
}
