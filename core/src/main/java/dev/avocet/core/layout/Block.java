// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.layout;

import java.lang.foreign.MemorySegment;

/**
 * A piece of memory that operations of a plan read or write: a constant at its address, or a part of the arena, which
 * gets its place when all lives are known.
 */
public final class Block {
    private final long elements;
    private final int elementBytes;
    private final MemorySegment constant;
    private final int first;
    private int last;
    private long position;

    private Block(long elements, int elementBytes, MemorySegment constant, int first, long position) {
        this.elements = elements;
        this.elementBytes = elementBytes;
        this.constant = constant;
        this.first = first;
        this.last = first;
        this.position = position;
    }

    /** A part of the arena that step {@code first} writes, -1 for an input. */
    public static Block inArena(long elements, int elementBytes, int first) {
        return new Block(elements, elementBytes, null, first, -1);
    }

    /** A constant in its memory, which need not be memory that Java can read. */
    public static Block of(MemorySegment constant, int elementBytes) {
        return new Block(constant.byteSize() / elementBytes, elementBytes, constant, -1, constant.address());
    }

    /** Notes that a step reads it. */
    void usedBy(int step) {
        last = Math.max(last, step);
    }

    /** Its size and life. */
    Liveness.Interval interval() {
        return new Liveness.Interval(elements * elementBytes, first, last);
    }

    /** Gives a part of the arena its offset. */
    void place(long offset) {
        position = offset;
    }

    /** Whether it lies in the arena rather than at an address of its own. */
    public boolean isInArena() {
        return constant == null;
    }

    /** The size of one element in bytes. */
    public int elementBytes() {
        return elementBytes;
    }

    /** The memory that holds it, given the arena of a run. */
    public MemorySegment memory(MemorySegment arena) {
        return isInArena() ? arena : constant;
    }

    /** The bytes from that memory's start. */
    public long start() {
        return isInArena() ? position : 0;
    }

    /**
     * Where an element lies: its offset in the arena, or its address.
     *
     * @param span the elements from there on that will be touched: a step that would leave the block is a defect of the
     *     lowering and must not reach native code
     */
    public long address(long index, long span) {
        if (index < 0 || span < 0 || index + span > elements || position < 0) {
            throw new AssertionError(
                    "elements " + index + " to " + (index + span) + " of a block of " + elements);
        }
        return position + index * elementBytes;
    }
}
