// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.DeadlineExceededException;
import dev.avocet.core.InterruptedCallException;
import dev.avocet.core.OverloadedException;
import dev.avocet.pipelines.BatchOptions.WhenFull;
import dev.avocet.pipelines.ModelCall.Stages;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A {@link Batcher}'s queue and the thread that empties it.
 *
 * <p>An item holds a place from before it is made ready until it is taken into a batch or given up, so that the memory of
 * what waits is bounded. A future that is done, by whomever, has left the queue.
 */
final class BatchQueue<T, P, R> implements AutoCloseable {
    private final Work<T, P, R> work;
    private final Observer observer;
    private final BatchOptions options;
    private final String name;
    private final Semaphore places;
    private final Thread runner;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition enough = lock.newCondition();
    private final ArrayDeque<Item> queue = new ArrayDeque<>();
    private int beingPrepared;
    /** How many items the runner waits for. */
    private int awaited = 1;
    /** The size of the last batch: what the next one may expect too. */
    private int expected = 1;
    private volatile boolean closed;

    BatchQueue(Work<T, P, R> work, Observer observer, BatchOptions options) {
        this.work = work;
        this.observer = observer;
        this.options = options;
        this.name = "the batcher of " + observer.model();
        this.places = new Semaphore(options.maxQueue(), true);
        this.runner = Thread.ofPlatform().daemon().name("avocet-batcher-" + observer.model()).start(this::run);
    }

    int queued() {
        lock.lock();
        try {
            return queue.size() + beingPrepared;
        } finally {
            lock.unlock();
        }
    }

    R call(T given, Duration timeout) {
        var item = accept(given, timeout);
        try {
            return timeout == null ? item.get() : item.get(item.nanosLeft(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            var late = late(timeout);
            item.completeExceptionally(late);
            throw late;
        } catch (InterruptedException e) {
            item.cancel(false);
            throw new InterruptedCallException(name, e);
        } catch (ExecutionException e) {
            throw unwrapped(e);
        }
    }

    private static RuntimeException unwrapped(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException failure -> failure;
            case Error error -> throw error;
            case Throwable other -> new IllegalStateException(other);
        };
    }

    CompletableFuture<R> submit(T given, Duration timeout) {
        var item = accept(given, timeout);
        return timeout == null ? item : item.orTimeout(item.nanosLeft(), TimeUnit.NANOSECONDS);
    }

    /** Takes an item in, or throws why not; what is wrong with the item itself is in the future. */
    private Item accept(T given, Duration timeout) {
        Objects.requireNonNull(given, "the item is null");
        long deadline = timeout == null ? 0 : System.nanoTime() + timeout.toNanos();
        var timer = observer.begin(work.operation(), 1);
        try {
            takePlace(timeout);
        } catch (RuntimeException e) {
            timer.end(e);
            throw e;
        }
        var item = new Item(timer, timeout, deadline);
        try {
            timer.queued();
            item.prepared = work.prepare(given, timer);
            timer.preprocessed();
        } catch (RuntimeException | Error e) {
            item.completeExceptionally(e);
        }
        enqueue(item);
        return item;
    }

    private void takePlace(Duration timeout) {
        if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
            throw late(timeout);
        }
        try {
            if (options.whenFull() == WhenFull.WAIT) {
                if (timeout == null) {
                    places.acquire();
                } else if (!places.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw late(timeout);
                }
            } else if (!places.tryAcquire()) {
                throw new OverloadedException(name + " is overloaded: " + options.maxQueue()
                        + " items wait already; try again later");
            }
        } catch (InterruptedException e) {
            throw new InterruptedCallException("a place with " + name, e);
        }
        lock.lock();
        try {
            if (closed) {
                places.release();
                throw new IllegalStateException(name + " is closed");
            }
            beingPrepared++;
        } finally {
            lock.unlock();
        }
    }

    private DeadlineExceededException late(Duration timeout) {
        return new DeadlineExceededException(
                name + " had no result within " + timeout.toNanos() / 1e6 + " ms; what had not begun was dropped");
    }

    private void enqueue(Item item) {
        lock.lock();
        try {
            beingPrepared--;
            if (item.ended.get()) {
                places.release();
            } else {
                item.queuedAt = System.nanoTime();
                queue.add(item);
            }
            if (queue.size() >= awaited || closed) {
                enough.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            try {
                var batch = next();
                if (batch.isEmpty()) {
                    return;
                }
                compute(batch);
            } catch (InterruptedException _) {
                // nobody but a careless callback interrupts this thread, which stops when it is closed
            }
        }
    }

    /** The next batch, after waiting for one; an empty one where none will come. */
    private List<Item> next() throws InterruptedException {
        lock.lock();
        try {
            while (!isDue()) {
                if (queue.isEmpty()) {
                    if (closed && beingPrepared == 0) {
                        return List.of();
                    }
                    awaited = 1;
                    enough.await();
                } else {
                    awaited = expectedNow();
                    long _ = enough.awaitNanos(untilDue());
                }
            }
            var batch = new ArrayList<Item>();
            while (batch.size() < options.maxBatch() && !queue.isEmpty()) {
                batch.add(queue.poll());
            }
            expected = batch.size();
            places.release(batch.size());
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private boolean isDue() {
        return !queue.isEmpty() && (closed || queue.size() >= expectedNow() || untilDue() <= 0);
    }

    private int expectedNow() {
        return Math.min(expected, options.maxBatch());
    }

    private long untilDue() {
        return queue.getFirst().queuedAt + options.maxDelay().toNanos() - System.nanoTime();
    }

    private void compute(List<Item> batch) {
        long began = System.nanoTime();
        var items = batch.stream().filter(item -> !item.isOver(began)).toList();
        if (items.isEmpty()) {
            return;
        }
        var timer = items.getFirst().timer.forBatch();
        try {
            var results = work.compute(items.stream().map(item -> item.prepared).toList(), timer);
            if (results.size() != items.size()) {
                throw new IllegalStateException(
                        name + " got " + results.size() + " results for " + items.size() + " items");
            }
            for (int i = 0; i < items.size(); i++) {
                items.get(i).took(began, timer);
                items.get(i).complete(results.get(i));
            }
        } catch (Throwable e) { // also an Error: whoever waits for an item has to learn of it
            if (items.size() == 1) {
                items.getFirst().took(began, timer);
                items.getFirst().completeExceptionally(e);
            } else {
                items.forEach(item -> compute(List.of(item)));
            }
        }
    }

    /** Refuses new items, and waits until those accepted are computed. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                places.release(Integer.MAX_VALUE / 2); // whoever waits for a place learns that there is none
            }
            enough.signal();
        } finally {
            lock.unlock();
        }
        if (Thread.currentThread() != runner) {
            joinRunner();
        }
    }

    private void joinRunner() {
        boolean interrupted = false;
        while (runner.isAlive()) {
            try {
                runner.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** An accepted item's result. Whoever completes it first, a timer and a canceller too, takes it out of the queue. */
    private final class Item extends CompletableFuture<R> {
        private final CallTimer timer;
        private final Duration timeout;
        private final long deadline;
        private final AtomicBoolean ended = new AtomicBoolean();
        private P prepared;
        private long queuedAt;
        private volatile InBatch inBatch;

        Item(CallTimer timer, Duration timeout, long deadline) {
            this.timer = timer;
            this.timeout = timeout;
            this.deadline = deadline;
        }

        long nanosLeft() {
            return deadline - System.nanoTime();
        }

        /** Whether there is nothing left to compute; an item whose deadline has passed ends here. */
        boolean isOver(long now) {
            if (timeout != null && now - deadline >= 0) {
                completeExceptionally(late(timeout));
            }
            return ended.get();
        }

        void took(long began, CallTimer ofBatch) {
            var waited = new Stages(began - queuedAt, 0, 0, 0);
            inBatch = new InBatch(waited.plus(ofBatch.stages()), ofBatch.batch());
        }

        @Override
        public boolean complete(R result) {
            return end(null) && super.complete(result);
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            // A TimeoutException comes from the JDK's timer.
            var ours = failure instanceof TimeoutException && timeout != null ? late(timeout) : failure;
            return end(ours) && super.completeExceptionally(ours);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return end(new CancellationException()) && super.cancel(mayInterruptIfRunning);
        }

        private boolean end(Throwable failure) {
            if (!ended.compareAndSet(false, true)) {
                return false;
            }
            leave(this);
            if (inBatch != null) {
                timer.end(failure, inBatch.stages(), inBatch.size());
            } else {
                timer.end(failure);
            }
            return true;
        }
    }

    private record InBatch(Stages stages, int size) {}

    private void leave(Item item) {
        lock.lock();
        try {
            if (queue.remove(item)) {
                places.release();
            }
        } finally {
            lock.unlock();
        }
    }
}
