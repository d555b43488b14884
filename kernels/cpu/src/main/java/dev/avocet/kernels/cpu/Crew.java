// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.avocet.core.backend.DeviceOptions;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A device's slots and threads.
 *
 * <p>A caller computes on its own thread. Where there are fewer callers than threads, helpers join in; each caller more
 * sends a helper away, so that never more threads compute than the device has. The schedule itself is native, see run.c:
 * what is left here is waiting.
 *
 * <p>Weights are packed under the same rule: by a caller that needs them and by helpers that no call needs. One helper more
 * than callers leave room for takes the place of the caller while there is none.
 */
final class Crew implements AutoCloseable {
    /** Rounds of watching before a thread gives way: about 50 microseconds, less than waking a thread takes. */
    private static final long SPINS = 2000;
    /** How often a waiting caller offers its processor to others before it sleeps for a moment. */
    private static final int YIELDS = 64;

    private static final long MOMENT_NANOS = 50_000;
    private static final long IDLE_SECONDS = 10;
    /**
     * How long compiling waits for weights. Those of up to half a gigabyte are mostly complete by then, and the first
     * inference, short as it is, takes no longer than the others; larger ones don't hold up their loading, and what is
     * left to do is little next to their inference.
     */
    private static final long PATIENCE_NANOS = 300_000_000;

    private static final long LARGE_BYTES = 512 << 20;
    private static final long LARGE_PATIENCE_NANOS = 10_000_000;
    /** Where run.h has the number of callers. */
    private static final long CALLERS_OFFSET = 64;
    /** Where run.h has the device's counter of events. */
    private static final long EVENTS_OFFSET = 128;

    private static final VarHandle LONG = JAVA_LONG.varHandle();

    private final Kernels kernels;
    private final DeviceOptions options;
    private final NativeMemory device;
    private final Semaphore free;
    private final List<Slot> slots = new ArrayList<>();
    private final ArrayDeque<Slot> idle = new ArrayDeque<>();
    private final List<Helper> helpers = new ArrayList<>();
    private final Queue<Filling> fillings = new ConcurrentLinkedQueue<>();
    private final ExecutorService deputies;

    Crew(Kernels kernels, DeviceOptions options) {
        this.kernels = kernels;
        this.options = options;
        int count = options.slots();
        device = NativeMemory.allocate(kernels.deviceBytes(count), "the device's threads");
        device.segment().setAtIndex(JAVA_LONG, 0, options.threads());
        device.segment().setAtIndex(JAVA_LONG, 1, count);
        for (int i = 0; i < count; i++) {
            long offset = kernels.job(device.address(), i) - device.address();
            slots.add(new Slot(i, options.threads(), device.segment().asSlice(offset)));
        }
        idle.addAll(slots);
        free = new Semaphore(count, true);
        deputies = deputies(count);
        for (int i = 1; i <= options.threads(); i++) {
            helpers.add(new Helper(i));
        }
    }

    private static ExecutorService deputies(int count) {
        var pool = new ThreadPoolExecutor(count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform().daemon().name("avocet-cpu-deputy").unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** A slot for one call, after waiting for one; it goes back with {@link #giveBack}. */
    Slot take() {
        free.acquireUninterruptibly();
        synchronized (idle) {
            return idle.pop();
        }
    }

    /** Ends a call. The slot used last is the next one taken: its memory is still in the caches. */
    void giveBack(Slot slot) {
        synchronized (idle) {
            idle.push(slot);
        }
        free.release();
    }

    /** Has a platform thread make a virtual thread's call: a native call would pin its carrier for a whole inference. */
    void deputise(Runnable call) {
        var caller = Thread.currentThread();
        var outcome = new Outcome();
        deputies.execute(() -> {
            try {
                call.run();
            } catch (RuntimeException | Error e) {
                outcome.failure = e;
            } finally {
                outcome.done = true;
                LockSupport.unpark(caller);
            }
        });
        boolean interrupted = false;
        while (!outcome.done) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            caller.interrupt();
        }
        switch (outcome.failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Throwable e -> throw (Error) e;
        }
    }

    private static final class Outcome {
        private Throwable failure;
        private volatile boolean done;
    }

    /** Computes what is loaded into a slot. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it: it only gives a preempted thread a chance
    void run(Slot slot) {
        wakeHelpers(kernels.open(device.address(), slot.index()));
        int waits = 0;
        while (!kernels.run(device.address(), slot.index(), SPINS)) {
            if (++waits < YIELDS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(this, MOMENT_NANOS);
            }
        }
        long others = kernels.close(device.address(), slot.index());
        if (others > 0 || !fillings.isEmpty()) {
            wakeHelpers(others);
        }
    }

    /** Has weights packed by whoever has time; waits for them for a while if a slot is free. */
    void begin(List<Filling> wanted) {
        wanted.stream().filter(filling -> !fillings.contains(filling)).forEach(fillings::add);
        if (wanted.isEmpty()) {
            return;
        }
        if (!free.tryAcquire()) {
            callHelpers(callers()); // those that calls leave idle
            return;
        }
        try {
            long began = System.nanoTime();
            boolean isLarge = wanted.stream().mapToLong(Filling::bytes).sum() > LARGE_BYTES;
            long patience = isLarge ? LARGE_PATIENCE_NANOS : PATIENCE_NANOS;
            finish(wanted, () -> System.nanoTime() - began < patience);
        } finally {
            free.release();
        }
    }

    /** Completes weights that a call needs; the caller has a slot. */
    void finish(List<Filling> wanted) {
        finish(wanted, () -> true);
    }

    private void finish(List<Filling> wanted, BooleanSupplier goOn) {
        changeCallers(1);
        try {
            for (var filling : wanted) {
                filling.finish(goOn);
                if (filling.isFinished()) {
                    forget(filling);
                }
            }
        } finally {
            changeCallers(-1);
        }
    }

    private void changeCallers(long change) {
        long before = (long) LONG.getAndAdd(device.segment(), CALLERS_OFFSET, change);
        callHelpers(before + change);
    }

    /** Has as many helpers look for work as there are threads besides the callers. */
    private void callHelpers(long callers) {
        long _ = (long) LONG.getAndAdd(device.segment(), EVENTS_OFFSET, 1L);
        wakeHelpers(callers);
    }

    /** Has weights packed no longer. */
    void forget(Filling filling) {
        fillings.remove(filling);
    }

    /** What times one run of a program. */
    Stopwatch stopwatch(Program program) {
        return new Stopwatch(kernels, program, options.threads());
    }

    /** Wakes as many helpers as there are threads besides the callers. */
    private void wakeHelpers(long callers) {
        for (int i = 0; i < options.threads() - callers; i++) {
            helpers.get(i).wake();
        }
    }

    private long callers() {
        return (long) LONG.getVolatile(device.segment(), CALLERS_OFFSET);
    }

    private long events() {
        return (long) LONG.getVolatile(device.segment(), EVENTS_OFFSET);
    }

    /** A thread that helps callers, and sleeps where there is nothing to help with. */
    private final class Helper implements Runnable {
        private final int number;
        private final Thread thread;
        private volatile boolean asleep;
        private volatile boolean dismissed;

        Helper(int number) {
            this.number = number;
            thread = Thread.ofPlatform().daemon().name("avocet-cpu-" + number).start(this);
        }

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // as in Crew.run
        public void run() {
            while (!dismissed) {
                long seen = events();
                if (number < options.threads() && !kernels.help(device.address(), number, SPINS)) {
                    Thread.yield();
                    continue;
                }
                pack(seen);
                asleep = true;
                while (events() == seen && !dismissed) {
                    LockSupport.park(Crew.this);
                }
                asleep = false;
            }
        }

        /** Packs weights until something else may be to do. */
        private void pack(long seen) {
            for (var filling : fillings) {
                filling.help(() -> !dismissed && events() == seen && number <= options.threads() - callers());
                if (!filling.hasWork()) {
                    forget(filling);
                }
            }
        }

        void wake() {
            if (asleep) {
                LockSupport.unpark(thread);
            }
        }

        void dismiss() {
            dismissed = true;
            LockSupport.unpark(thread);
            Threads.join(thread);
        }
    }

    String description() {
        return options.threads() + (options.threads() == 1 ? " thread, " : " threads, ")
                + options.slots() + (options.slots() == 1 ? " slot" : " slots");
    }

    int slots() {
        return options.slots();
    }

    int threads() {
        return options.threads();
    }

    /** Ends the threads and frees the memory; no call is running any more. */
    @Override
    public void close() {
        deputies.shutdown();
        helpers.forEach(Helper::dismiss);
        slots.forEach(Slot::close);
        device.close();
    }
}
