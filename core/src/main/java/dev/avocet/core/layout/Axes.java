// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.layout;

import dev.avocet.core.AvocetException;
import dev.avocet.core.tensor.Shape;
import java.util.Arrays;

/**
 * How a kernel counts through the rows of a shape: all axes but the last, in C order. Tensors that take part may lie
 * differently in memory, and may be repeated along an axis where their extent is 1.
 */
public final class Axes {
    /** The axes that rows are counted along; shorter shapes have extents of 1 before their own. */
    public static final int OUTER = 6;

    private final Shape shape;
    private final long[] extents = new long[OUTER];

    /** The rows of a shape; throws {@link AvocetException} where it has too many axes. */
    public Axes(Shape shape) {
        this.shape = shape;
        if (shape.rank() > OUTER + 1) {
            throw new AvocetException("tensors of at most " + (OUTER + 1) + " axes can be copied and added, not "
                    + shape);
        }
        Arrays.fill(extents, 1);
        for (int axis = 0; axis < shape.rank() - 1; axis++) {
            extents[slot(axis)] = shape.dim(axis);
        }
    }

    private int slot(int axis) {
        return OUTER - (shape.rank() - 1) + axis;
    }

    /** The extent of the last axis. */
    public long columns() {
        return shape.columns();
    }

    /** The extents of all other axes. */
    public long[] extents() {
        return extents;
    }

    /**
     * One tensor's way through these axes.
     *
     * @param address where it begins; see {@link Block#address}
     * @param steps the elements from one element to the next along each outer axis
     * @param columnStep the same along the last axis, 0 or 1
     */
    public record Walk(Block block, long address, long[] steps, long columnStep) {}

    /** The way through a tensor of this or a lower rank, from its beginning. */
    public Walk through(Rows rows, Shape own) {
        return through(rows, own, 0, 0);
    }

    /** The way through a tensor of this or a lower rank that begins at a position of one of its axes. */
    public Walk through(Rows rows, Shape own, int startAxis, int start) {
        var steps = new long[OUTER];
        long columnStep = own.columns() == 1 ? 0 : 1;
        long last = shape.columns() == 0 ? 0 : (shape.columns() - 1) * columnStep;
        long first = startAxis == own.rank() - 1 ? start : 0;
        long step = rows.stride();
        for (int axis = own.rank() - 2; axis >= 0; axis--) {
            int slot = slot(axis + shape.rank() - own.rank());
            if (own.dim(axis) > 1) {
                steps[slot] = step;
                last += (extents[slot] - 1) * step;
            }
            first += axis == startAxis ? start * step : 0;
            step *= own.dim(axis);
        }
        long span = shape.elements() == 0 ? 0 : last + 1;
        return new Walk(rows.block(), rows.block().address(rows.offset() + first, span), steps, columnStep);
    }
}
