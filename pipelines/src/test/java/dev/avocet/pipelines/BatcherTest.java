// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.DeadlineExceededException;
import dev.avocet.core.InterruptedCallException;
import dev.avocet.core.OverloadedException;
import dev.avocet.pipelines.BatchOptions.WhenFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a batcher promises, with a function that waits until the test lets it go on. */
@Timeout(60)
class BatcherTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final BatchOptions OPTIONS = BatchOptions.defaults().withMaxBatch(4).withMaxDelay(Duration.ZERO);

    /** Squares numbers; each batch waits for a permit, and a negative number fails it. */
    private static final class Squares {
        private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
        private final Semaphore begun = new Semaphore(0);
        private final Semaphore permits = new Semaphore(0);

        List<Integer> apply(List<Integer> numbers) {
            batches.add(numbers);
            begun.release();
            permits.acquireUninterruptibly();
            if (numbers.stream().anyMatch(number -> number < 0)) {
                throw new IllegalArgumentException("negative");
            }
            return numbers.stream().map(number -> number * number).toList();
        }

        Batcher<Integer, Integer> batcher(BatchOptions options) {
            return Batcher.of("squares", this::apply, options);
        }

        /** Lets every batch go on at once. */
        Squares open() {
            permits.release(1 << 20);
            return this;
        }

        /** A batch of one that has begun and waits, so that what comes next has to queue. */
        void occupy(Batcher<Integer, Integer> batcher) {
            var _ = batcher.submit(0);
            begun.acquireUninterruptibly();
        }
    }

    @Test
    void whatArrivesDuringABatchIsTheNextOne() throws Exception {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS)) {
            squares.occupy(batcher);
            var futures = IntStream.rangeClosed(1, 6).mapToObj(batcher::submit).toList();
            assertEquals(6, batcher.queued());
            squares.open();
            for (int i = 0; i < 6; i++) {
                assertEquals((i + 1) * (i + 1), futures.get(i).get());
            }
        }
        assertEquals(List.of(List.of(0), List.of(1, 2, 3, 4), List.of(5, 6)), squares.batches);
    }

    @Test
    void aCallerWhoIsAloneDoesNotWaitForCompany() {
        try (var batcher = new Squares().open().batcher(OPTIONS.withMaxDelay(LONG))) {
            for (int i = 0; i < 5; i++) {
                assertEquals(i * i, batcher.call(i));
            }
        }
    }

    @Test
    void aBatchBeginsAsSoonAsItIsAsLargeAsTheLastOne() {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS.withMaxDelay(LONG))) {
            squares.occupy(batcher);
            for (int round = 0; round < 3; round++) {
                int first = 3 * round;
                var futures = IntStream.range(first, first + 3).mapToObj(batcher::submit).toList();
                squares.permits.release(round == 0 ? 2 : 1);
                futures.forEach(CompletableFuture::join);
            }
            squares.open();
        }
        assertEquals(List.of(List.of(0), List.of(0, 1, 2), List.of(3, 4, 5), List.of(6, 7, 8)), squares.batches);
    }

    @Test
    void anItemWaitsForCompanyNoLongerThanTheDelay() {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS.withMaxDelay(Duration.ofMillis(1)))) {
            squares.occupy(batcher);
            var futures = IntStream.range(0, 4).mapToObj(batcher::submit).toList();
            squares.open();
            futures.forEach(CompletableFuture::join);
            assertEquals(49, batcher.call(7)); // after a batch of four
        }
    }

    @Test
    void aBadItemFailsAloneAndItsNeighboursGetTheirResults() throws Exception {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS)) {
            squares.occupy(batcher);
            var good = batcher.submit(3);
            var bad = batcher.submit(-1);
            var alsoGood = batcher.submit(5);
            squares.open();
            assertEquals(9, good.get());
            assertEquals(25, alsoGood.get());
            var error = assertThrows(ExecutionException.class, bad::get);
            assertInstanceOf(IllegalArgumentException.class, error.getCause());
            assertThrows(IllegalArgumentException.class, () -> batcher.call(-2));
            assertEquals(4, batcher.call(2));
        }
    }

    @Test
    void aFunctionThatGivesTheWrongNumberOfResultsFailsTheItems() {
        try (var batcher = Batcher.of("odd", _ -> List.of(), OPTIONS)) {
            var error = assertThrows(IllegalStateException.class, () -> batcher.call(1));
            assertEquals("the batcher of odd got 0 results for 1 items", error.getMessage());
        }
    }

    @Test
    void aFullQueueRefusesAtOnce() {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS.withMaxQueue(2))) {
            squares.occupy(batcher);
            var first = batcher.submit(1);
            var second = batcher.submit(2);
            var error = assertThrows(OverloadedException.class, () -> batcher.submit(3));
            assertEquals("the batcher of squares is overloaded: 2 items wait already; try again later",
                    error.getMessage());
            assertThrows(OverloadedException.class, () -> batcher.call(3));
            assertTrue(first.cancel(false));
            var third = batcher.submit(4); // the place of the first
            squares.open();
            assertEquals(4, second.join());
            assertEquals(16, third.join());
        }
    }

    @Test
    void byChoiceCallersWaitForAPlaceInTheirOrder() throws Exception {
        var squares = new Squares();
        var options = OPTIONS.withMaxBatch(1).withMaxQueue(1).withWhenFull(WhenFull.WAIT);
        try (var batcher = squares.batcher(options); var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            squares.occupy(batcher);
            var queued = batcher.submit(1);
            var waiting = new ArrayList<Future<Integer>>();
            for (int i = 2; i <= 5; i++) {
                int number = i;
                var thread = new AtomicReference<Thread>();
                waiting.add(callers.submit(() -> {
                    thread.set(Thread.currentThread());
                    return batcher.call(number);
                }));
                awaitWaiting(thread);
            }
            squares.open();
            assertEquals(1, queued.get());
            for (int i = 2; i <= 5; i++) {
                assertEquals(i * i, waiting.get(i - 2).get());
            }
        }
        assertEquals(List.of(List.of(0), List.of(1), List.of(2), List.of(3), List.of(4), List.of(5)), squares.batches);
    }

    @Test
    void anItemWhoseDeadlinePassesFailsThenAndIsNotComputed() {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS)) {
            squares.occupy(batcher);
            assertThrows(DeadlineExceededException.class, () -> batcher.call(1, Duration.ofMillis(5)));
            var future = batcher.submit(2, Duration.ofMillis(5));
            var error = assertThrows(ExecutionException.class, future::get); // though the thread is busy
            assertInstanceOf(DeadlineExceededException.class, error.getCause());
            assertThrows(DeadlineExceededException.class, () -> batcher.call(3, Duration.ZERO));
            assertEquals(0, batcher.queued());
            var last = batcher.submit(4, LONG);
            squares.open();
            assertEquals(16, last.join());
        }
        assertEquals(List.of(List.of(0), List.of(4)), squares.batches);
    }

    @Test
    void aDeadlineHoldsWhileWaitingForAPlaceToo() {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS.withMaxQueue(1).withWhenFull(WhenFull.WAIT))) {
            squares.occupy(batcher);
            var queued = batcher.submit(1);
            assertThrows(DeadlineExceededException.class, () -> batcher.call(2, Duration.ofMillis(5)));
            assertThrows(DeadlineExceededException.class, () -> batcher.submit(2, Duration.ofMillis(5)));
            squares.open();
            assertEquals(1, queued.join());
        }
        assertEquals(List.of(List.of(0), List.of(1)), squares.batches);
    }

    @Test
    void aCancelledItemIsNotComputed() {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS)) {
            squares.occupy(batcher);
            var cancelled = batcher.submit(1);
            var kept = batcher.submit(2);
            assertTrue(cancelled.cancel(true));
            assertThrows(CancellationException.class, cancelled::join);
            assertEquals(1, batcher.queued());
            squares.open();
            assertEquals(4, kept.join());
        }
        assertEquals(List.of(List.of(0), List.of(2)), squares.batches);
    }

    @Test
    void anInterruptTakesAWaitingItemBack() throws Exception {
        var squares = new Squares();
        try (var batcher = squares.batcher(OPTIONS.withMaxQueue(1).withWhenFull(WhenFull.WAIT))) {
            squares.occupy(batcher);
            for (var kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
                var queued = Interrupted.in(kind, () -> batcher.call(1)); // waits for its result
                var waiting = Interrupted.in(kind, () -> batcher.call(2)); // waits for a place
                waiting.interruptAndCheck();
                queued.interruptAndCheck();
                assertEquals(0, batcher.queued());
            }
            squares.open();
        }
        assertEquals(List.of(List.of(0)), squares.batches);
    }

    /** A thread that is interrupted once it waits. */
    private record Interrupted(Thread thread, AtomicReference<Object> outcome) {
        static Interrupted in(Thread.Builder kind, Runnable call) {
            var outcome = new AtomicReference<Object>("nothing thrown");
            var thread = kind.start(() -> {
                try {
                    call.run();
                } catch (InterruptedCallException e) {
                    outcome.set(Thread.currentThread().isInterrupted());
                } catch (RuntimeException e) {
                    outcome.set(e);
                }
            });
            awaitWaiting(new AtomicReference<>(thread));
            return new Interrupted(thread, outcome);
        }

        void interruptAndCheck() throws InterruptedException {
            thread.interrupt();
            thread.join();
            assertEquals(true, outcome.get(), "thrown with the interrupt status set");
        }
    }

    @Test
    void closingWaitsForWhatIsAcceptedAndRefusesTheRest() throws Exception {
        var squares = new Squares();
        var batcher = squares.batcher(OPTIONS.withMaxQueue(2).withWhenFull(WhenFull.WAIT));
        squares.occupy(batcher);
        var accepted = List.of(batcher.submit(1), batcher.submit(2));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiter = new AtomicReference<Thread>();
            var waiting = threads.submit(() -> {
                waiter.set(Thread.currentThread());
                return batcher.call(3);
            });
            awaitWaiting(waiter);
            var closer = new AtomicReference<Thread>();
            var closing = threads.submit(() -> {
                closer.set(Thread.currentThread());
                batcher.close();
            });
            awaitWaiting(closer);
            var refused = assertThrows(ExecutionException.class, waiting::get);
            assertEquals("the batcher of squares is closed", refused.getCause().getMessage());
            assertThrows(IllegalStateException.class, () -> batcher.submit(4));
            assertFalse(closing.isDone());
            squares.open();
            closing.get();
        }
        assertEquals(1, accepted.getFirst().getNow(null));
        assertEquals(4, accepted.getLast().getNow(null));
        batcher.close();
    }

    @Test
    void itsOwnThreadMayCloseIt() {
        var batcher = new Squares().open().batcher(OPTIONS);
        batcher.submit(1).thenRun(batcher::close).join();
        batcher.close();
        assertThrows(IllegalStateException.class, () -> batcher.call(2));
    }

    @Test
    void manyCallersOfBothKindsAllGetTheirOwnResult() throws Exception {
        var batches = Collections.synchronizedList(new ArrayList<Integer>());
        var options = BatchOptions.defaults().withMaxBatch(8).withMaxQueue(16).withWhenFull(WhenFull.WAIT);
        try (var batcher = Batcher.<Integer, Integer>of("squares", numbers -> {
            batches.add(numbers.size());
            return numbers.stream().map(number -> number * number).toList();
        }, options);
                var platform = Executors.newFixedThreadPool(4);
                var virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 5000; i++) {
                int number = i;
                results.add((i % 2 == 0 ? platform : virtual).submit(() -> batcher.call(number, LONG)));
            }
            for (int i = 0; i < results.size(); i++) {
                assertEquals(i * i, results.get(i).get());
            }
        }
        assertEquals(5000, batches.stream().mapToInt(size -> size).sum());
        assertTrue(Collections.max(batches) <= 8);
    }

    @Test
    void racesOfCancellingClosingAndDeadlinesLoseNoPlaceAndHangNobody() throws Exception {
        for (int round = 0; round < 50; round++) {
            var options = BatchOptions.defaults().withMaxBatch(3).withMaxQueue(4).withMaxDelay(Duration.ZERO);
            var batcher = Batcher.<Integer, Integer>of("same", numbers -> numbers, options);
            try (var virtual = Executors.newVirtualThreadPerTaskExecutor()) {
                var calls = new ArrayList<Future<?>>();
                for (int i = 0; i < 200; i++) {
                    int number = i;
                    calls.add(virtual.submit(() -> {
                        switch (number % 3) {
                            case 0 -> batcher.submit(number).cancel(true);
                            case 1 -> batcher.call(number, Duration.ofNanos(50_000));
                            default -> assertEquals(number, batcher.call(number));
                        }
                    }));
                }
                for (var call : calls) {
                    try {
                        call.get();
                    } catch (ExecutionException e) {
                        assertTrue(e.getCause() instanceof OverloadedException
                                || e.getCause() instanceof DeadlineExceededException, e.toString());
                    }
                }
                for (int i = 0; i < 20; i++) {
                    assertEquals(i, batcher.call(i)); // all places are free again
                }
                assertEquals(0, batcher.queued());
                var late = IntStream.range(0, 4).mapToObj(batcher::submit).toList();
                batcher.close();
                late.forEach(future -> assertTrue(future.isDone()));
            }
        }
    }

    /** Waits until a thread waits. */
    private static void awaitWaiting(AtomicReference<Thread> thread) {
        while (thread.get() == null || thread.get().getState() != Thread.State.WAITING
                && thread.get().getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }
}
