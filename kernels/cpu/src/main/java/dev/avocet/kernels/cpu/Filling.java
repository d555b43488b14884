// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.UseCount;
import dev.avocet.core.tensor.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The weights that one plan is the first to use, read and packed part by part, in the plan's order, by whichever threads
 * have time; or where they were kept packed, mapped, and held part by part against their checksums.
 *
 * <p>The source is read range by range through Java, so a checkpoint that is cut short while it is read is an exception,
 * and no second copy of the weights is ever in memory. A part that fails waits for the next caller that needs it, who
 * tries again and gets the error.
 */
final class Filling {
    private static final int PART_FLOATS = 1 << 16;
    /** How long to wait for parts that others are at; they take some tens of microseconds. */
    private static final long MOMENT_NANOS = 20_000;

    /** A weight and the memory it goes to. */
    record Target(Weight weight, Packing packing, MemorySegment memory) {}

    /** What one thread does at a time. */
    private sealed interface Part {}

    /** A part of a file. */
    private record Mapped(PackedFile.Chunk chunk) implements Part {}

    /** Some rows of a weight. */
    private record Rows(Target target, int from, int count, AtomicInteger left) implements Part {
        int floats() {
            return Math.toIntExact(count * rowFloats());
        }

        long rowFloats() {
            var shape = target.weight().shape();
            return shape.elements() / target.packing().sourceRows(shape);
        }
    }

    private final Kernels kernels;
    private final UseCount memory;
    private final Queue<Part> waiting = new ConcurrentLinkedQueue<>();
    /** Parts, and the end. */
    private final AtomicInteger unfinished = new AtomicInteger();
    private final List<Target> targets;
    private final Optional<PackedFile> file;
    private final AtomicInteger unchecked = new AtomicInteger();
    private final boolean isMapped;
    private volatile boolean spoiled;
    private volatile boolean failed;

    /**
     * @param memory counts who writes to the weights' memory, which may end before the weights are complete
     * @param file where they may have been kept packed, or else may be kept
     */
    Filling(List<Target> targets, Kernels kernels, UseCount memory, Optional<PackedFile> file) {
        this.kernels = kernels;
        this.memory = memory;
        this.targets = List.copyOf(targets);
        this.file = file;
        isMapped = file.isPresent() && file.get().map();
        if (isMapped) {
            file.get().chunks().forEach(chunk -> waiting.add(new Mapped(chunk)));
            unchecked.set(waiting.size());
        } else {
            targets.forEach(target -> cut(target, waiting));
        }
        unfinished.set(waiting.size() + 1);
        if (waiting.isEmpty()) {
            end();
        }
    }

    /** Parts of whole panels, small enough to stay in a core's cache while they are packed. */
    private void cut(Target target, Collection<Part> parts) {
        var shape = target.weight().shape();
        int rows = target.packing().sourceRows(shape);
        long rowFloats = rows == 0 ? 0 : shape.elements() / rows;
        int panels = Math.toIntExact(Math.max(1, PART_FLOATS / Math.max(1, rowFloats * kernels.panel())));
        int step = panels * kernels.panel();
        var left = new AtomicInteger(Math.ceilDiv(rows, step));
        for (int from = 0; from < rows; from += step) {
            parts.add(new Rows(target, from, Math.min(step, rows - from), left));
        }
    }

    /** The memory that the weights take. */
    long bytes() {
        return targets.stream().mapToLong(target -> target.memory().byteSize()).sum();
    }

    /** Whether all weights are where plans read them. */
    boolean isFinished() {
        return unfinished.get() == 0;
    }

    /** Whether there is something to do for a thread that does not need the weights itself. */
    boolean hasWork() {
        return !failed && !waiting.isEmpty();
    }

    /** Packs in the background, until nothing is left to begin or the thread is needed elsewhere; never throws. */
    void help(BooleanSupplier goOn) {
        try {
            pack(() -> !failed && goOn.getAsBoolean());
        } catch (RuntimeException | Error e) {
            failed = true; // whoever needs the part will be told
        }
    }

    /** Packs what is left to begin and waits for what others are at; throws what reading a weight throws. */
    void finish(BooleanSupplier goOn) {
        while (!isFinished() && goOn.getAsBoolean()) {
            pack(goOn);
            if (!isFinished()) {
                LockSupport.parkNanos(this, MOMENT_NANOS);
            }
        }
    }

    private void pack(BooleanSupplier goOn) {
        try (var arena = Arena.ofConfined()) {
            var staging = arena.allocate(0);
            var values = new float[0];
            while (goOn.getAsBoolean()) {
                var part = waiting.poll();
                if (part == null) {
                    return;
                }
                boolean done = false;
                try {
                    switch (part) {
                        case Rows rows -> {
                            if (values.length < rows.floats()) {
                                values = new float[rows.floats()];
                                staging = arena.allocate((long) values.length * Float.BYTES, 64);
                            }
                            write(rows, values, staging);
                        }
                        case Mapped mapped -> check(mapped);
                    }
                    done = true;
                } finally {
                    if (!done) {
                        waiting.add(part);
                    }
                }
                if (unfinished.decrementAndGet() == 1) {
                    end();
                }
            }
        }
    }

    /** The last thing to do: whoever sees that all is finished may close the memory, and the file is begun by then. */
    private void end() {
        try {
            if (file.isPresent() && (!isMapped || spoiled)) {
                file.get().keep(memory);
            }
        } finally {
            unfinished.decrementAndGet();
        }
    }

    /** Whoever is the last to find that the file is damaged has everything packed after all. */
    private void check(Mapped part) {
        long stamp = memory.enter();
        try {
            if (!file.orElseThrow().isWhole(part.chunk())) {
                spoiled = true; // and never false again: another thread may find its own part whole meanwhile
            }
            if (unchecked.decrementAndGet() == 0 && spoiled) {
                file.orElseThrow().discard();
                var packing = new ArrayList<Part>();
                targets.forEach(target -> cut(target, packing));
                unfinished.addAndGet(packing.size());
                waiting.addAll(packing);
            }
        } finally {
            memory.leave(stamp);
        }
    }

    private void write(Rows part, float[] values, MemorySegment staging) {
        long stamp = memory.enter();
        try {
            var target = part.target();
            var weight = target.weight();
            weight.read(part.from() * part.rowFloats(), values, 0, part.floats());
            target.packing().write(new Packing.Source(weight.shape(), values, staging), part.from(), part.count(),
                    target.memory(), kernels);
            if (part.left().decrementAndGet() == 0) {
                release(part);
            }
        } finally {
            memory.leave(stamp);
        }
    }

    /** Tells the source that all of the weight was read; it may know better, and then the part is to be read again. */
    private static void release(Rows last) {
        boolean released = false;
        try {
            last.target().weight().release();
            released = true;
        } finally {
            if (!released) {
                last.left().incrementAndGet();
            }
        }
    }
}
