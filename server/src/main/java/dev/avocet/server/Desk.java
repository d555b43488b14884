// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.server.ApiException.Status;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where requests wait to be computed, first come, first served, by as many threads as compute at once.
 *
 * <p>A request is refused where the queue is full, and also where it would probably wait longer than it may: then it is
 * better told at once. How long one takes is the mean of those before it.
 */
final class Desk implements AutoCloseable {
    /** The share of the newest request in the mean. */
    private static final double NEWEST = 0.1;
    /** The share of its time that a request may be expected to wait. */
    private static final double PATIENCE = 0.7;

    private final int threads;
    private final Semaphore places;
    private final ThreadPoolExecutor workers;
    private volatile double meanNanos;

    /** @param factory makes the threads, as many as requests are computed at once */
    Desk(int threads, int queue, ThreadFactory factory) {
        this.threads = threads;
        this.places = new Semaphore(threads + queue);
        this.workers =
                new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        workers.prestartAllCoreThreads();
    }

    /** How long a request that comes now would wait. */
    Duration expectedWait() {
        return Duration.ofNanos((long) (meanNanos * (waiting() + 1) / threads));
    }

    int waiting() {
        return workers.getQueue().size();
    }

    int computing() {
        return workers.getActiveCount();
    }

    /** Refuses what has no place or would come too late; a look ahead, which takes no place. */
    void requirePlace(Duration left) {
        if (places.availablePermits() == 0 || waiting() > 0 && expectedWait().toNanos() > PATIENCE * left.toNanos()) {
            throw overloaded();
        }
    }

    /**
     * Queues a task and gives what takes it back; refuses as {@link #requirePlace}.
     *
     * @param done called once, when the task has ended or is taken back, but not where it is refused
     */
    Runnable submit(Runnable task, Duration left, Runnable done) {
        requirePlace(left);
        if (!places.tryAcquire()) {
            throw overloaded();
        }
        var future = new FutureTask<Void>(() -> {
            long start = System.nanoTime();
            task.run();
            double mean = meanNanos; // of two that end together one may be lost
            meanNanos = mean + NEWEST * (System.nanoTime() - start - mean);
        }, null) {
            @Override
            protected void done() {
                places.release();
                done.run();
            }
        };
        try {
            workers.execute(future);
        } catch (RejectedExecutionException e) {
            places.release();
            throw new ApiException(Status.UNAVAILABLE, "the server is stopping");
        }
        return () -> {
            future.cancel(true);
            workers.remove(future);
        };
    }

    private static ApiException overloaded() {
        return new ApiException(Status.OVERLOADED, "too many requests wait already; try again later");
    }

    /** Lets what was accepted finish. */
    @Override
    public void close() {
        workers.close();
    }
}
