// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;

/**
 * Lets many threads use something and one close it: closing refuses new uses, waits for those that run, and happens
 * once.
 *
 * <p>A use allocates nothing while nobody closes.
 */
public final class UseCount {
    private final StampedLock lock = new StampedLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final String name;

    /** @param name what is used, for the message after closing */
    public UseCount(String name) {
        this.name = name;
    }

    /** Begins a use; throws {@link IllegalStateException} after closing. The result goes to {@link #leave}. */
    public long enter() {
        long stamp = closed.get() ? 0 : lock.readLock();
        if (stamp != 0 && !closed.get()) {
            return stamp;
        }
        if (stamp != 0) {
            lock.unlockRead(stamp);
        }
        throw new IllegalStateException(name + " is closed");
    }

    /** Ends a use. */
    public void leave(long stamp) {
        lock.unlockRead(stamp);
    }

    /** Runs something as a use. */
    public <T> T using(Supplier<T> use) {
        long stamp = enter();
        try {
            return use.get();
        } finally {
            leave(stamp);
        }
    }

    /**
     * Closes: new uses are refused, the call waits for those that run, then the action is run; later calls do nothing.
     */
    public void close(Runnable action) {
        if (closed.compareAndSet(false, true)) {
            long stamp = lock.writeLock();
            try {
                action.run();
            } finally {
                lock.unlockWrite(stamp);
            }
        }
    }
}
