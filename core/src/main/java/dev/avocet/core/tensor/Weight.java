// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.tensor;

/**
 * A constant of a model, read on demand: a view of a checkpoint's tensor, or a value derived from some of them.
 *
 * <p>Backends read a weight once, into a layout of their own, and know it again by identity; so a layer keeps one
 * object per weight for as long as it lives.
 */
public interface Weight {
    /** The tensor's full name in the checkpoint, for messages. */
    String name();

    /** The extents, as in the checkpoint. */
    Shape shape();

    /** Copies {@code count} elements from position {@code from} (C order) into an array, as floats. */
    void read(long from, float[] into, int offset, int count);

    /** Says that a backend has its own copy now, so the source's resident pages may go. */
    default void release() {}

    /** All elements as a new array, in C order. */
    default float[] toFloats() {
        var values = new float[Math.toIntExact(shape().elements())];
        read(0, values, 0, values.length);
        return values;
    }
}
