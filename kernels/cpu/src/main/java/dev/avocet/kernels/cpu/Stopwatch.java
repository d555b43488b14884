// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Timing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;

/**
 * Where native code writes down when each operation of one run ended, see run.h; the processor's ticks are told from the
 * JVM's clock over the same time. A run may go through the operations several times.
 */
final class Stopwatch implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Kernels kernels;
    private final Program program;
    private final int threads;
    private final MemorySegment clock;
    private final long[] ticks;
    private final long startNanos;
    private final long startTicks;

    Stopwatch(Kernels kernels, Program program, int threads) {
        this.kernels = kernels;
        this.program = program;
        this.threads = threads;
        this.clock = arena.allocate(JAVA_LONG, 1 + 2 * program.count());
        this.ticks = new long[program.steps().size()];
        this.startNanos = System.nanoTime();
        this.startTicks = kernels.ticks();
    }

    long address() {
        return clock.address();
    }

    /** Adds the times since the operations began; how long threads were busy, native code adds up itself. */
    void lap() {
        long before = get(0);
        for (int i = 0; i < program.count(); i++) {
            long end = Math.max(before, get(1 + 2 * i)); // never set where there is nothing to do
            ticks[program.owners().get(i)] += end - before;
            before = end;
        }
    }

    /** The times of all laps. */
    Timing read() {
        double nanosPerTick = (double) (System.nanoTime() - startNanos) / (kernels.ticks() - startTicks);
        if (!(nanosPerTick > 0) || Double.isInfinite(nanosPerTick)) {
            throw new AvocetException("the steps can't be timed on " + NativeLibrary.platform()
                    + ", which has no counter that the kernels can read; time whole runs instead");
        }
        var busy = new long[ticks.length];
        for (int i = 0; i < program.count(); i++) {
            busy[program.owners().get(i)] += Math.round(get(2 + 2 * i) * nanosPerTick / threads);
        }
        return new Timing(LongStream.of(ticks).map(each -> Math.round(each * nanosPerTick)).toArray(), busy);
    }

    private long get(int index) {
        return clock.getAtIndex(JAVA_LONG, index);
    }

    @Override
    public void close() {
        arena.close();
    }
}
