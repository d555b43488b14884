// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Computes items that come from many threads, one by one, in batches: made by {@link ImageClassifier#batcher},
 * {@link Align#imageBatcher}, {@link Align#textBatcher} and {@link TextEmbedder#batcher}, or {@link #of of any function}.
 *
 * <p>Results are the same bits as without. An item is made ready on the thread that brings it; batches are computed one
 * after the other on a thread of the batcher. A batch begins as soon as it is full, as large as the last one, or its
 * oldest item has waited {@link BatchOptions#maxDelay}; so a caller who is alone doesn't wait, and what arrives during a
 * batch is the next one. An item that fails does so alone: its neighbours are computed again without it.
 *
 * <p>May be used from any number of threads, virtual ones too. Close it before its model.
 *
 * @param <T> what is given
 * @param <R> what comes back for it
 */
public final class Batcher<T, R> implements AutoCloseable {
    private final BatchQueue<T, ?, R> queue;

    Batcher(BatchQueue<T, ?, R> queue) {
        this.queue = queue;
    }

    /**
     * Batches the calls of a function that takes many items at once and gives as many results in their order.
     *
     * @param name for messages and the thread
     */
    public static <T, R> Batcher<T, R> of(String name, Function<List<T>, List<R>> function, BatchOptions options) {
        Objects.requireNonNull(function);
        var work = new Work<T, T, R>() {
            @Override
            public String operation() {
                return name;
            }

            @Override
            public T prepare(T item, CallTimer timer) {
                return item;
            }

            @Override
            public List<R> compute(List<T> items, CallTimer timer) {
                return function.apply(items);
            }
        };
        return new Batcher<>(new BatchQueue<>(work, new Observer(name, "", ModelListener.NONE), options));
    }

    /**
     * Computes an item, and waits for it as long as it takes.
     *
     * @throws dev.avocet.core.OverloadedException where the queue is full, unless callers wait then
     * @throws dev.avocet.core.InterruptedCallException where the thread is interrupted while it waits; the item is
     *     taken back
     * @throws IllegalStateException after closing
     */
    public R call(T item) {
        return queue.call(item, null);
    }

    /**
     * Computes an item, and waits for it at most this long, a wait for a place in the queue included.
     *
     * @throws dev.avocet.core.DeadlineExceededException where the time is over; what is not being computed by then is not
     *     computed any more
     */
    public R call(T item, Duration timeout) {
        return queue.call(item, Objects.requireNonNull(timeout));
    }

    /**
     * Hands in an item. What is wrong with it comes with the future; that it is not accepted is thrown, as by
     * {@link #call(Object)}.
     *
     * <p>A future that is cancelled is not computed, unless that has begun. What depends on a future runs on the thread
     * that computes, so it should be short or {@code ...Async}.
     */
    public CompletableFuture<R> submit(T item) {
        return queue.submit(item, null);
    }

    /**
     * Hands in an item whose future fails with a {@link dev.avocet.core.DeadlineExceededException} when this time is
     * over.
     */
    public CompletableFuture<R> submit(T item, Duration timeout) {
        return queue.submit(item, Objects.requireNonNull(timeout));
    }

    /** How many items are accepted and not being computed yet. */
    public int queued() {
        return queue.queued();
    }

    /**
     * Refuses new items and waits until those accepted are computed. Closing again does nothing; nor does it wait where
     * the batcher's own thread closes it.
     */
    @Override
    public void close() {
        queue.close();
    }
}
