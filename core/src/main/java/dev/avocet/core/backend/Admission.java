// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.InterruptedCallException;
import dev.avocet.core.OverloadedException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets as many calls into a device as it has slots. Others wait in the order in which they came, as many as are allowed
 * to; the rest is refused.
 */
final class Admission {
    private final String device;
    private final Semaphore slots;
    private final int maxWaiting;
    private final AtomicInteger waiting = new AtomicInteger();

    Admission(String device, int slots, int maxWaiting) {
        this.device = device;
        this.slots = new Semaphore(slots, true);
        this.maxWaiting = maxWaiting;
    }

    /**
     * Waits for a slot; a virtual thread parks meanwhile.
     *
     * @return the nanoseconds that it waited; 0, without asking the clock, where a slot was free
     * @throws OverloadedException where as many wait already as may
     * @throws InterruptedCallException where the thread is interrupted while it waits
     */
    long enter() {
        if (!slots.hasQueuedThreads() && slots.tryAcquire()) {
            return 0;
        }
        if (waiting.incrementAndGet() > maxWaiting) {
            waiting.decrementAndGet();
            throw new OverloadedException("all slots of " + device + " are in use and "
                    + (maxWaiting == 0 ? "no call may wait" : maxWaiting + " calls wait already")
                    + "; try again later, or allow more by DeviceOptions.withMaxWaiting");
        }
        long began = System.nanoTime();
        try {
            slots.acquire();
        } catch (InterruptedException e) {
            throw new InterruptedCallException("a slot of " + device, e);
        } finally {
            waiting.decrementAndGet();
        }
        return System.nanoTime() - began;
    }

    /** Ends a call that {@link #enter} let in. */
    void leave() {
        slots.release();
    }
}
