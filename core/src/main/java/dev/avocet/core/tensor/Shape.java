// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The extents of a tensor, outermost first; rank 0 is a scalar, and an extent may be 0. */
public final class Shape {
    /** The shape of a single number. */
    public static final Shape SCALAR = new Shape(new int[0]);

    private final int[] dims;
    private final long elements;

    private Shape(int[] dims) {
        var product = 1L;
        for (int dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("a dimension is negative: " + Arrays.toString(dims));
            }
            product = Math.multiplyExact(product, (long) dim);
        }
        this.dims = dims;
        this.elements = product;
    }

    /** The shape with these extents; throws {@link IllegalArgumentException} when one is negative. */
    public static Shape of(int... dims) {
        return new Shape(dims.clone());
    }

    /** The number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /** The extent of one axis; negative axes count from the end, so {@code dim(-1)} is the innermost. */
    public int dim(int axis) {
        return dims[axis(axis)];
    }

    /** The axis as a number from 0 to rank - 1, given one that may count from the end. */
    public int axis(int axis) {
        int index = axis < 0 ? axis + dims.length : axis;
        if (index < 0 || index >= dims.length) {
            throw new IllegalArgumentException("axis " + axis + " is outside " + this);
        }
        return index;
    }

    /** The number of elements: the product of all extents, 1 for a scalar. */
    public long elements() {
        return elements;
    }

    /** The extent of the last axis; 1 for a scalar. */
    public long columns() {
        return dims.length == 0 ? 1 : dims[dims.length - 1];
    }

    /** How many rows of {@link #columns} elements all other axes make. */
    public long rows() {
        return elements / Math.max(1, columns());
    }

    /** The same shape with one extent replaced. */
    public Shape with(int axis, int extent) {
        var changed = dims.clone();
        changed[axis(axis)] = extent;
        return new Shape(changed);
    }

    /** The extents as an array of the caller's own. */
    public int[] toArray() {
        return dims.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dims, that.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** As in error messages: {@code [1,577,1024]}. */
    @Override
    public String toString() {
        return Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
    }
}
