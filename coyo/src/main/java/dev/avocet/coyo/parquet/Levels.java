// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Levels as runs of equal ones. */
final class Levels {
    private final ByteArrayOutputStream runs = new ByteArrayOutputStream();
    private int level;
    private int length;

    void add(int next) {
        if (next != level && length > 0) {
            endRun();
        }
        level = next;
        length++;
    }

    private void endRun() {
        int rest = length << 1;
        while ((rest & ~0x7F) != 0) {
            runs.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        runs.write(rest);
        runs.write(level);
        length = 0;
    }

    /** All runs behind their length. */
    byte[] take() {
        if (length > 0) {
            endRun();
        }
        return ByteBuffer.allocate(Integer.BYTES + runs.size()).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(runs.size()).put(runs.toByteArray()).array();
    }

    void clear() {
        runs.reset();
        length = 0;
    }
}
