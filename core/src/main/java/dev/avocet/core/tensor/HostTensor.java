// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Numbers in memory: a type, a shape and the bytes, in C order, little endian, at any alignment.
 *
 * <p>The memory may be a heap array, native memory or a mapped file; whoever made the segment owns it, and a view of a
 * closed one throws {@link IllegalStateException} when it is read.
 */
public record HostTensor(DType dtype, Shape shape, MemorySegment data) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Checks that the memory is exactly as large as type and shape say. */
    public HostTensor {
        Objects.requireNonNull(dtype);
        var wanted = Math.multiplyExact(shape.elements(), (long) dtype.bytes());
        if (data.byteSize() != wanted) {
            throw new IllegalArgumentException("a tensor " + dtype + " " + shape + " takes " + wanted
                    + " bytes, the memory given has " + data.byteSize());
        }
    }

    /** A float tensor that shares the array. */
    public static HostTensor of(Shape shape, float... values) {
        return new HostTensor(DType.F32, shape, MemorySegment.ofArray(values));
    }

    /** An integer tensor that shares the array. */
    public static HostTensor of(Shape shape, int... values) {
        return new HostTensor(DType.I32, shape, MemorySegment.ofArray(values));
    }

    /** A new tensor of zeros on the heap; floats or ints. */
    public static HostTensor zeros(DType dtype, Shape shape) {
        int count = Math.toIntExact(shape.elements());
        return switch (dtype) {
            case F32 -> of(shape, new float[count]);
            case I32 -> of(shape, new int[count]);
            default -> throw new IllegalArgumentException("no heap tensor of type " + dtype);
        };
    }

    /** One element as the nearest float. */
    public float floatAt(long index) {
        return switch (dtype) {
            case F32 -> data.get(FLOAT, index * 4);
            case F16 -> Float.float16ToFloat(data.get(SHORT, index * 2));
            case BF16 -> Float.intBitsToFloat(data.get(SHORT, index * 2) << 16);
            default -> (float) doubleAt(index);
        };
    }

    /** One element as a double; exact but for I64 beyond 2^53. */
    public double doubleAt(long index) {
        return switch (dtype) {
            case F64 -> data.get(DOUBLE, index * 8);
            case F32, F16, BF16 -> floatAt(index);
            case I64, I32, U8 -> longAt(index);
        };
    }

    /** One element of an integer tensor. */
    public long longAt(long index) {
        return switch (dtype) {
            case I64 -> data.get(LONG, index * 8);
            case I32 -> data.get(INT, index * 4);
            case U8 -> data.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
            default -> throw new IllegalStateException("not a tensor of integers: " + dtype + " " + shape);
        };
    }

    /** Copies {@code count} elements from position {@code from} into an array, as floats. */
    public void read(long from, float[] into, int offset, int count) {
        if (dtype == DType.F32) {
            MemorySegment.copy(data, FLOAT, from * 4, into, offset, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            into[offset + i] = floatAt(from + i);
        }
    }

    /** All elements as a new array of floats, in C order. */
    public float[] toFloats() {
        var values = new float[Math.toIntExact(shape.elements())];
        read(0, values, 0, values.length);
        return values;
    }

    /**
     * All elements of an integer tensor as a new array, in C order; throws {@link ArithmeticException} beyond 32 bits.
     */
    public int[] toInts() {
        var values = new int[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(longAt(i));
        }
        return values;
    }

    /** The same elements under another shape of the same size. */
    public HostTensor reshape(Shape other) {
        return new HostTensor(dtype, other, data);
    }

    /** The type and shape, not the numbers: {@code F32 [1,577,1024]}. */
    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
