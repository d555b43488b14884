// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

/**
 * Where a tensor lies: all its axes but the last make {@code count} rows, {@code stride} floats apart, the last makes
 * {@code columns}.
 *
 * @param offset the first element, in floats from the block's start
 */
record Rows(Block block, long offset, long stride, long count, long columns) {
    /** How native code finds them. */
    long reference() {
        long span = count == 0 ? 0 : (count - 1) * stride + columns;
        return block.reference(offset, span);
    }

    /** Where Java finds a row, in bytes from the start of the block's memory. */
    long byteOffset(long row) {
        return block.start() + (offset + row * stride) * Float.BYTES;
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
