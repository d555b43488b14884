// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.graph.Liveness;
import java.lang.foreign.MemorySegment;

/**
 * A piece of memory that operations of a plan read or write: a weight at its address, or a part of the arena, which gets
 * its place when all lives are known.
 */
final class Block {
    private final long floats;
    private final boolean inArena;
    private final MemorySegment weight;
    private final int first;
    private int last;
    private long position;

    private Block(long floats, MemorySegment weight, int first, long position) {
        this.floats = floats;
        this.inArena = weight == null;
        this.weight = weight;
        this.first = first;
        this.last = first;
        this.position = position;
    }

    /** A part of the arena that step {@code first} writes, -1 for an input. */
    static Block inArena(long floats, int first) {
        return new Block(floats, null, first, -1);
    }

    /** A weight in its memory. */
    static Block of(MemorySegment weight) {
        return new Block(weight.byteSize() / Float.BYTES, weight, -1, weight.address());
    }

    /** Notes that a step reads it. */
    void usedBy(int step) {
        last = Math.max(last, step);
    }

    /** Its size and life. */
    Liveness.Interval interval() {
        return new Liveness.Interval(floats * Float.BYTES, first, last);
    }

    /** Gives a part of the arena its offset. */
    void place(long offset) {
        position = offset;
    }

    /** The memory that Java finds it in, given the arena of a run. */
    MemorySegment memory(MemorySegment arena) {
        return inArena ? arena : weight;
    }

    /** The bytes from that memory's start. */
    long start() {
        return inArena ? position : 0;
    }

    /**
     * How native code finds the float at an index; see op.h.
     *
     * @param span the floats from there on that will be touched: a step that would leave the block is a defect of the
     *     lowering and must not reach native code
     */
    long reference(long index, long span) {
        if (index < 0 || span < 0 || index + span > floats || position < 0) {
            throw new AssertionError("floats " + index + " to " + (index + span) + " of a block of " + floats);
        }
        return position + index * Float.BYTES + (inArena ? 1 : 0);
    }
}
