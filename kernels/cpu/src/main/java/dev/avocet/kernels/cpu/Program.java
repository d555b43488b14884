// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A plan's operations as native code reads them (see op.h): immutable, with offsets into an arena and addresses of
 * weights.
 *
 * @param ops the operations
 * @param count how many
 * @param units the pieces of work in all of them
 * @param arenaBytes the arena that a run needs
 * @param scratchBytes the memory that each thread needs besides
 */
record Program(MemorySegment ops, long count, long units, long arenaBytes, long scratchBytes) {
    private static final int WORDS = 40;
    private static final int HEADER_WORDS = 6;
    private static final int UNITS_WORD = 1;

    /** Writes one operation after the other, field by field. */
    static final class Writer {
        private final List<long[]> ops = new ArrayList<>();
        private long[] words;
        private int position;

        Writer op(Kernel kernel) {
            words = new long[WORDS];
            words[0] = kernel.ordinal();
            position = HEADER_WORDS;
            ops.add(words);
            return this;
        }

        Writer number(long value) {
            words[position++] = value;
            return this;
        }

        Writer number(double value) {
            return number(Double.doubleToRawLongBits(value));
        }

        Writer numbers(long... values) {
            for (long value : values) {
                number(value);
            }
            return this;
        }

        /** A tensor that may be absent. */
        Writer view(Rows rows) {
            return rows == null ? numbers(0, 0) : numbers(rows.reference(), rows.stride());
        }

        Program finish(Kernels kernels, long arenaBytes, int threads) {
            var segment = Arena.ofAuto().allocate((long) ops.size() * WORDS * Long.BYTES, 64);
            for (int i = 0; i < ops.size(); i++) {
                MemorySegment.copy(ops.get(i), 0, segment, ValueLayout.JAVA_LONG, (long) i * WORDS * Long.BYTES, WORDS);
            }
            long scratchBytes = kernels.plan(segment.address(), ops.size(), threads);
            long units = 0;
            for (int i = 0; i < ops.size(); i++) {
                units += segment.getAtIndex(ValueLayout.JAVA_LONG, (long) i * WORDS + UNITS_WORD);
            }
            return new Program(segment, ops.size(), units, arenaBytes, scratchBytes);
        }
    }
}
