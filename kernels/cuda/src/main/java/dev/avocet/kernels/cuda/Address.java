// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.layout.Axes;
import dev.avocet.core.layout.Block;
import dev.avocet.core.layout.Rows;

/**
 * A place in device memory: an offset in the memory of whichever slot runs, or an address of its own.
 *
 * @param value the offset in bytes, or the address
 */
record Address(boolean isInSlot, long value) {
    static Address of(Rows rows) {
        return of(rows.block(), rows.address());
    }

    static Address of(Axes.Walk walk) {
        return of(walk.block(), walk.address());
    }

    /** A block's {@link Block#address}. */
    static Address of(Block block, long value) {
        return new Address(block.isInArena(), value);
    }

    static Address inSlot(long offset) {
        return new Address(true, offset);
    }

    /** The address, given where the slot's memory begins. */
    long in(long slot) {
        return isInSlot ? slot + value : value;
    }

    /** The largest power of two, up to 256, that divides the address: slots and weights begin at multiples of that. */
    int alignment() {
        return (int) Long.lowestOneBit(value | 256);
    }
}
