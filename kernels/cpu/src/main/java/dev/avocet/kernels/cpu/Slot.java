// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** One call's place in the device: a job that threads take part in, and the memory it works in, which grows on demand. */
final class Slot implements AutoCloseable {
    private static final long PAGE = 4096;

    private final int index;
    private final int threads;
    private final MemorySegment job;
    private NativeMemory memory;

    /** @param job the native job of this slot, see run.h */
    Slot(int index, int threads, MemorySegment job) {
        this.index = index;
        this.threads = threads;
        this.job = job;
    }

    int index() {
        return index;
    }

    /**
     * Makes room for a program and hands it over.
     *
     * @param clock the address of {@link Stopwatch}'s memory, or 0
     */
    void load(Program program, long clock) {
        long arenaBytes = Packing.roundUp(program.arenaBytes(), PAGE);
        long scratchBytes = Packing.roundUp(program.scratchBytes(), PAGE);
        long bytes = arenaBytes + threads * scratchBytes;
        if (memory == null || memory.bytes() < bytes) {
            close();
            memory = NativeMemory.allocate(bytes, "the activations of a plan");
        }
        set(0, program.ops().address());
        set(1, program.count());
        set(2, program.units());
        set(3, memory.address());
        set(4, memory.address() + arenaBytes);
        set(5, scratchBytes);
        set(6, clock);
    }

    private void set(int field, long value) {
        job.setAtIndex(JAVA_LONG, field, value);
    }

    /** The memory that programs count their offsets from. */
    MemorySegment arena() {
        return memory.segment();
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
