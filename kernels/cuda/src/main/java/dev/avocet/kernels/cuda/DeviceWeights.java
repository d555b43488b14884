// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Op;
import dev.avocet.core.layout.Block;
import dev.avocet.core.layout.Storage;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * One model's weights in device memory, each in the format that its kernel reads: reserved when a plan first mentions
 * it, and copied when the plan is made.
 */
final class DeviceWeights implements Storage, AutoCloseable {
    private static final long REGION_BYTES = 64 << 20;
    private static final int CHUNK_FLOATS = 1 << 20;
    /** Kernels load rows in pieces of this many bytes. */
    private static final int ROW_ALIGNMENT_BYTES = 16;
    /** Where a plan that is only outlined has its weights; nothing is ever read there. */
    private static final long NOWHERE = 1L << 40;

    private final Driver driver;
    private final Precision precision;
    private final List<MemorySegment> regions = new ArrayList<>();
    private final IdentityHashMap<Weight, Map<Format, Block>> known = new IdentityHashMap<>();
    private final List<Target> waiting = new ArrayList<>();
    private long used;
    private long bytes;

    private record Target(Weight weight, Format format, MemorySegment place) {}

    /** @param driver null where nothing is to be allocated or copied */
    DeviceWeights(Driver driver, Precision precision) {
        this.driver = driver;
        this.precision = precision;
    }

    /** Where a weight is, or will be after {@link #copy}. */
    Block of(Weight weight, Format format) {
        return known.computeIfAbsent(weight, _ -> new EnumMap<>(Format.class))
                .computeIfAbsent(format, _ -> reserve(weight, format));
    }

    private Block reserve(Weight weight, Format format) {
        int elementBytes = elementBytes(format);
        long size = format.elements(weight.shape(), rowStride(weight.shape().columns())) * elementBytes;
        long taken = Math.ceilDiv(size, Slot.ALIGNMENT) * Slot.ALIGNMENT;
        if (regions.isEmpty() || used + taken > regions.getLast().byteSize()) {
            long region = Math.max(taken, REGION_BYTES);
            long address = driver == null ? NOWHERE : driver.allocate(region, "weight " + weight.name());
            regions.add(MemorySegment.ofAddress(address).reinterpret(region));
            used = 0;
        }
        var place = regions.getLast().asSlice(used, size);
        used += taken;
        bytes += taken;
        waiting.add(new Target(weight, format, place));
        return Block.of(place, elementBytes);
    }

    private int elementBytes(Format format) {
        return format == Format.FLOATS ? Float.BYTES : bytes(DType.F32);
    }

    @Override
    public int bytes(DType dtype) {
        return dtype == DType.F32 ? precision.storage().bytes() : dtype.bytes();
    }

    @Override
    public long rowStride(long columns) {
        int unit = ROW_ALIGNMENT_BYTES / bytes(DType.F32);
        return Math.ceilDiv(columns, unit) * unit;
    }

    @Override
    public long slack() {
        return 0;
    }

    /** Room for what a library joins, where it can't: the gated factor of a product, a convolution's windows as rows. */
    @Override
    public long temporary(Node step) {
        return switch (step.op()) {
            case Op.Linear op when op.gate() != null -> op.x().shape().rows() * rowStride(op.x().shape().columns());
            case Op.Conv2d op -> step.output().shape().rows() * rowStride(windowElements(op));
            default -> 0;
        };
    }

    /** The pixels under a kernel, times their channels. */
    static int windowElements(Op.Conv2d op) {
        var shape = op.weight().shape();
        return shape.dim(1) * shape.dim(2) * shape.dim(3);
    }

    @Override
    public Block constant(Weight weight) {
        return of(weight, Format.ROWS);
    }

    /** Copies what was reserved since the last time to the device; what fails is left to the next time. */
    void copy() {
        try (var arena = Arena.ofConfined()) {
            var staging = arena.allocate(0);
            while (!waiting.isEmpty()) {
                staging = copy(waiting.getLast(), staging, arena);
                waiting.removeLast().weight().release();
            }
        }
    }

    /** Copies a weight in chunks through a buffer, which may have to grow. */
    private MemorySegment copy(Target target, MemorySegment buffer, Arena arena) {
        var shape = target.weight.shape();
        var format = target.format;
        long piece = format.piece(shape);
        int chunk = Math.toIntExact(Math.max(1, CHUNK_FLOATS / Math.max(1, piece)) * piece);
        int stride = (int) rowStride(shape.columns());
        var staging = buffer;
        long place = target.place.address();
        for (long from = 0; from < shape.elements(); from += chunk) {
            int count = (int) Math.min(chunk, shape.elements() - from);
            var values = new float[count];
            target.weight.read(from, values, 0, count);
            var laid = format.lay(values, count, shape, stride);
            long size = (long) laid.length * elementBytes(format);
            if (staging.byteSize() < size) {
                staging = arena.allocate(size, Slot.ALIGNMENT);
            }
            write(laid, format, staging);
            driver.copyIn(place, staging.asSlice(0, size));
            place += size;
        }
        return staging;
    }

    private void write(float[] values, Format format, MemorySegment to) {
        if (elementBytes(format) == Float.BYTES) {
            MemorySegment.copy(values, 0, to, JAVA_FLOAT, 0, values.length);
        } else if (precision == Precision.F16) {
            for (int i = 0; i < values.length; i++) {
                to.setAtIndex(JAVA_SHORT, i, Float.floatToFloat16(values[i]));
            }
        } else {
            for (int i = 0; i < values.length; i++) {
                to.setAtIndex(JAVA_SHORT, i, bfloat16(values[i]));
            }
        }
    }

    /** The nearest bfloat16, halves to even; a NaN stays one. */
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    /** The memory that the weights take so far. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        Release.all(regions, region -> {
            if (driver != null) {
                driver.free(region.address());
            }
        });
    }
}
