// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Weights that are packed by many threads, before or while somebody wants them. */
@NeedsKernels
class FillingTest {
    /** Some dozens of parts. */
    private static final int OUTPUTS = 1500;
    private static final int INPUTS = 1000;

    /** A weight that tells when it is read. */
    private record Observed(Weight weight, Runnable before, Runnable after) implements Weight {
        @Override
        public String name() {
            return weight.name();
        }

        @Override
        public Shape shape() {
            return weight.shape();
        }

        @Override
        public void read(long from, float[] into, int offset, int count) {
            before.run();
            weight.read(from, into, offset, count);
            after.run();
        }
    }

    private static boolean isHelper() {
        return Thread.currentThread().getName().startsWith("avocet-cpu-");
    }

    private static Plan product(Trial trial, HostTensor x, Weight weight) {
        return trial.compile(ops -> results(ops.linear(input(ops, "x", x), weight, null)));
    }

    private static float[] wanted(Trial trial, HostTensor x, TestWeight weight) {
        return Trial.run(product(trial, x, weight), x).getFirst();
    }

    @Test
    void whatAHelperCannotReadTheCallerReadsAgain() {
        try (var trial = new Trial(MachineTiers.best(), DeviceOptions.ofThreads(3))) {
            var x = trial.tensor(2, INPUTS);
            var weight = trial.weight(OUTPUTS, INPUTS);
            var failing = new Observed(weight, () -> {
                if (isHelper()) {
                    throw new IllegalStateException("not here");
                }
            }, () -> {});
            assertArrayEquals(wanted(trial, x, weight), Trial.run(product(trial, x, failing), x).getFirst());
        }
    }

    @Test
    void closingWaitsForAHelperThatIsReadingAndReadsNoFurther() throws InterruptedException {
        var reading = new CountDownLatch(1);
        var mayGoOn = new CountDownLatch(1);
        var closed = new AtomicBoolean();
        var readAfterClosing = new AtomicBoolean();
        var trial = new Trial(MachineTiers.best(), DeviceOptions.ofThreads(2));
        var slow = new Observed(trial.weight(OUTPUTS, INPUTS), () -> {
            readAfterClosing.compareAndSet(false, closed.get());
            if (isHelper()) {
                reading.countDown();
                await(mayGoOn);
            } else {
                await(reading);
            }
        }, () -> readAfterClosing.compareAndSet(false, closed.get()));
        product(trial, trial.tensor(2, INPUTS), slow);
        var closing = Thread.ofPlatform().start(() -> {
            trial.close();
            closed.set(true);
        });
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        mayGoOn.countDown();
        closing.join();
        assertTrue(closed.get());
        assertFalse(readAfterClosing.get());
    }

    @Test
    void aWeightIsReleasedOnceAfterAllOfItWasRead() {
        var read = new AtomicInteger();
        var releasedAt = new ArrayList<Integer>();
        try (var trial = new Trial(MachineTiers.best())) {
            var weight = trial.weight(OUTPUTS, INPUTS);
            var x = trial.tensor(1, INPUTS);
            Weight watched = new Weight() {
                @Override
                public String name() {
                    return "watched";
                }

                @Override
                public Shape shape() {
                    return weight.shape();
                }

                @Override
                public void read(long from, float[] into, int offset, int count) {
                    weight.read(from, into, offset, count);
                    read.addAndGet(count);
                }

                @Override
                public void release() {
                    releasedAt.add(read.get());
                }
            };
            Trial.run(product(trial, x, watched), x);
        }
        assertEquals(List.of(OUTPUTS * INPUTS), releasedAt);
    }

    /** Two threads, so both helpers pack while there is no caller, and the second one's place is the caller's. */
    @Test
    void aHelperPacksNoFurtherWhenACallerTakesItsThread() {
        var second = new AtomicReference<Thread>();
        var secondBegan = new CountDownLatch(1);
        var callerCame = new CountDownLatch(1);
        var began = new AtomicInteger();
        var ended = new AtomicInteger();
        var weight = new Observed(TestWeight.random(new Random(1), OUTPUTS, INPUTS), () -> {
            switch (Thread.currentThread().getName()) {
                case "avocet-cpu-1" -> await(secondBegan);
                case "avocet-cpu-2" -> {
                    began.incrementAndGet();
                    second.set(Thread.currentThread());
                    secondBegan.countDown();
                    await(callerCame);
                }
                default -> {
                    callerCame.countDown();
                    while (began.get() == 1 && (ended.get() == 0 || second.get().getState() != Thread.State.WAITING)) {
                        Thread.onSpinWait();
                    }
                }
            }
        }, () -> {
            if (Thread.currentThread() == second.get()) {
                ended.incrementAndGet();
            }
        });
        try (var library = Arena.ofShared()) {
            var kernels = Kernels.load(MachineTiers.best(), library);
            try (var crew = new Crew(kernels, DeviceOptions.ofThreads(2).withSlots(1));
                    var weights = new PackedWeights(kernels, Optional.empty())) {
                weights.of(weight, Packing.MATRIX);
                var fillings = weights.fill();
                var slot = crew.take(); // so that this thread does not pack yet
                awaitSleepOf("avocet-cpu-2");
                crew.begin(fillings); // wakes the helpers, though there is no free slot
                await(secondBegan);
                crew.finish(fillings);
                crew.giveBack(slot);
                assertTrue(fillings.getFirst().isFinished());
            }
        }
        assertEquals(1, began.get());
    }

    private static void awaitSleepOf(String name) {
        while (Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals(name) && thread.getState() == Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
