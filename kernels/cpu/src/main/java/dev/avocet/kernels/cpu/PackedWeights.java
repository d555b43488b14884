// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.tensor.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One model's weights in native memory, each in the layout that its operation reads: reserved when a plan first mentions
 * it, read and packed by several threads when the plan is complete.
 *
 * <p>The source is read range by range through Java, so a checkpoint that is cut short while it is read is an exception,
 * and no second copy of the weights is ever in memory.
 */
final class PackedWeights implements AutoCloseable {
    private static final long REGION_BYTES = 64 << 20;
    private static final int PART_FLOATS = 1 << 16;
    /** Vector loads may run past a weight's end, see op.h; a bias is read by whole panels. */
    private static final int SLACK_FLOATS = 64;

    private record Packed(Weight weight, Packing packing, MemorySegment memory, Block block) {}

    private record Part(Packed packed, int from, int count, AtomicInteger left) {}

    private final Kernels kernels;
    private final int threads;
    private final List<NativeMemory> regions = new ArrayList<>();
    private final IdentityHashMap<Weight, Map<Packing, Packed>> known = new IdentityHashMap<>();
    private final List<Packed> pending = new ArrayList<>();
    private long used;
    private long bytes;

    PackedWeights(Kernels kernels, int threads) {
        this.kernels = kernels;
        this.threads = threads;
    }

    /** Where a weight is, or will be when {@link #fill} has run. */
    Block of(Weight weight, Packing packing) {
        return known.computeIfAbsent(weight, _ -> new EnumMap<>(Packing.class))
                .computeIfAbsent(packing, _ -> reserve(weight, packing))
                .block();
    }

    /** How native code finds a weight. */
    long reference(Weight weight, Packing packing) {
        return of(weight, packing).reference(0, packing.floats(weight.shape(), kernels));
    }

    private Packed reserve(Weight weight, Packing packing) {
        long floats = packing.floats(weight.shape(), kernels);
        long size = Packing.roundUp(floats + SLACK_FLOATS, 16) * Float.BYTES;
        if (regions.isEmpty() || used + size > regions.getLast().bytes()) {
            regions.add(NativeMemory.allocate(Math.max(size, REGION_BYTES), "weight " + weight.name()));
            used = 0;
        }
        var memory = regions.getLast().segment().asSlice(used, size);
        used += size;
        bytes += size;
        var packed = new Packed(weight, packing, memory, Block.of(memory));
        pending.add(packed);
        return packed;
    }

    /** Reads and packs what was reserved since the last time. */
    void fill() {
        var parts = new ArrayList<Part>();
        pending.forEach(packed -> parts.addAll(cut(packed)));
        var next = new AtomicInteger();
        var failure = new AtomicReference<Throwable>();
        Runnable work = () -> {
            try (var arena = Arena.ofConfined()) {
                var staging = arena.allocate(0);
                var values = new float[0];
                for (int i = next.getAndIncrement(); i < parts.size() && failure.get() == null; i =
                        next.getAndIncrement()) {
                    int floats = floats(parts.get(i));
                    if (values.length < floats) {
                        values = new float[floats];
                        staging = arena.allocate((long) floats * Float.BYTES, 64);
                    }
                    write(parts.get(i), values, staging);
                }
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        };
        var helpers = new ArrayList<Thread>();
        for (int i = 1; i < Math.min(threads, parts.size()); i++) {
            helpers.add(Thread.ofPlatform().daemon().name("avocet-pack-" + i).start(work));
        }
        work.run();
        helpers.forEach(PackedWeights::join);
        switch (failure.get()) {
            case null -> pending.clear();
            case RuntimeException e -> throw e;
            case Throwable e -> throw (Error) e;
        }
    }

    /** Parts of whole panels, small enough to stay in a core's cache while they are packed. */
    private List<Part> cut(Packed packed) {
        int rows = packed.packing().sourceRows(packed.weight().shape());
        long rowFloats = rows == 0 ? 0 : packed.weight().shape().elements() / rows;
        int panels = Math.toIntExact(Math.max(1, PART_FLOATS / Math.max(1, rowFloats * kernels.panel())));
        int step = panels * kernels.panel();
        var left = new AtomicInteger(Math.ceilDiv(rows, step));
        var parts = new ArrayList<Part>();
        for (int from = 0; from < rows; from += step) {
            parts.add(new Part(packed, from, Math.min(step, rows - from), left));
        }
        return parts;
    }

    private static int floats(Part part) {
        var shape = part.packed().weight().shape();
        long rowFloats = shape.elements() / part.packed().packing().sourceRows(shape);
        return Math.toIntExact(part.count() * rowFloats);
    }

    private void write(Part part, float[] values, MemorySegment staging) {
        var packed = part.packed();
        var shape = packed.weight().shape();
        long rowFloats = shape.elements() / packed.packing().sourceRows(shape);
        packed.weight().read(part.from() * rowFloats, values, 0, floats(part));
        packed.packing().write(
                new Packing.Source(shape, values, staging), part.from(), part.count(), packed.memory(), kernels);
        if (part.left().decrementAndGet() == 0) {
            packed.weight().release();
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The memory that the weights take so far. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        regions.forEach(NativeMemory::close);
        regions.clear();
    }
}
