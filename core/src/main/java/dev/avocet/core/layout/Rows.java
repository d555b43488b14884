// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.layout;

/**
 * Where a tensor lies: all its axes but the last make {@code count} rows, {@code stride} elements apart, the last makes
 * {@code columns}.
 *
 * @param offset the first element, from the block's start
 */
public record Rows(Block block, long offset, long stride, long count, long columns) {
    /** Where the first element lies; see {@link Block#address}. */
    public long address() {
        long span = count == 0 ? 0 : (count - 1) * stride + columns;
        return block.address(offset, span);
    }

    /** A row's place in bytes from the start of the block's memory. */
    public long byteOffset(long row) {
        return block.start() + (offset + row * stride) * block.elementBytes();
    }

    /** Columns {@code from} to {@code to}. */
    Rows columns(long from, long to) {
        return new Rows(block, offset + from, stride, count, to - from);
    }

    /** Every {@code step}-th row from {@code from} on, {@code rows} of them. */
    Rows every(long step, long from, long rows) {
        return new Rows(block, offset + from * stride, stride * step, rows, columns);
    }
}
