// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Timing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where native code writes down when each operation of one run ended, see run.h; the processor's ticks are told from the
 * JVM's clock over the same time.
 */
final class Stopwatch implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Kernels kernels;
    private final Program program;
    private final int threads;
    private final MemorySegment clock;
    private final long startNanos;
    private final long startTicks;

    Stopwatch(Kernels kernels, Program program, int threads) {
        this.kernels = kernels;
        this.program = program;
        this.threads = threads;
        this.clock = arena.allocate(JAVA_LONG, 1 + 2 * program.count());
        this.startNanos = System.nanoTime();
        this.startTicks = kernels.ticks();
    }

    long address() {
        return clock.address();
    }

    /** The times of the run that has ended. */
    Timing read() {
        double nanosPerTick = (double) (System.nanoTime() - startNanos) / (kernels.ticks() - startTicks);
        if (!(nanosPerTick > 0) || Double.isInfinite(nanosPerTick)) {
            throw new AvocetException("the steps can't be timed on " + NativeLibrary.platform()
                    + ", which has no counter that the kernels can read; time whole runs instead");
        }
        var nanos = new long[program.steps().size()];
        var busy = new long[nanos.length];
        long before = get(0);
        for (int i = 0; i < program.count(); i++) {
            int step = program.owners().get(i);
            long end = Math.max(before, get(1 + 2 * i)); // never set where there is nothing to do
            nanos[step] += Math.round((end - before) * nanosPerTick);
            busy[step] += Math.round(get(2 + 2 * i) * nanosPerTick / threads);
            before = end;
        }
        return new Timing(nanos, busy);
    }

    private long get(int index) {
        return clock.getAtIndex(JAVA_LONG, index);
    }

    @Override
    public void close() {
        arena.close();
    }
}
