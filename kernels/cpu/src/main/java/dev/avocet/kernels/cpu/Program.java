// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.graph.Step;
import dev.avocet.core.layout.Axes;
import dev.avocet.core.layout.Block;
import dev.avocet.core.layout.Rows;
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
 * @param steps what the operations compute, of all items where a run repeats them for each
 * @param owners for each operation the position of its step
 */
record Program(
        MemorySegment ops, long count, long units, long arenaBytes, long scratchBytes, List<Step> steps,
        List<Integer> owners) {
    private static final int WORDS = 40;
    private static final int HEADER_WORDS = 6;
    private static final int UNITS_WORD = 1;

    /** How native code finds an address; see op.h. */
    static long reference(Block block, long address) {
        return address + (block.isInArena() ? 1 : 0);
    }

    /** How native code finds rows. */
    static long reference(Rows rows) {
        return reference(rows.block(), rows.address());
    }

    /** How native code finds the beginning of a way. */
    static long reference(Axes.Walk walk) {
        return reference(walk.block(), walk.address());
    }

    /** The memory that a run needs, all threads' together. */
    long runBytes(int threads) {
        return arenaBytes + threads * scratchBytes;
    }

    /** Writes one operation after the other, field by field. */
    static final class Writer {
        private final List<Integer> owners = new ArrayList<>();
        private final List<long[]> ops = new ArrayList<>();
        private int step = -1;
        private long[] words;
        private int position;

        /** The operations that follow belong to the next step. */
        void nextStep() {
            step++;
        }

        Writer op(Kernel kernel) {
            words = new long[WORDS];
            words[0] = kernel.ordinal();
            position = HEADER_WORDS;
            ops.add(words);
            owners.add(step);
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
            return rows == null ? numbers(0, 0) : numbers(reference(rows), rows.stride());
        }

        /** @param steps what was written */
        Program finish(Kernels kernels, long arenaBytes, int threads, List<Step> steps) {
            var segment = Arena.ofAuto().allocate((long) ops.size() * WORDS * Long.BYTES, 64);
            for (int i = 0; i < ops.size(); i++) {
                MemorySegment.copy(ops.get(i), 0, segment, ValueLayout.JAVA_LONG, (long) i * WORDS * Long.BYTES, WORDS);
            }
            long scratchBytes = kernels.plan(segment.address(), ops.size(), threads);
            long units = 0;
            for (int i = 0; i < ops.size(); i++) {
                units += segment.getAtIndex(ValueLayout.JAVA_LONG, (long) i * WORDS + UNITS_WORD);
            }
            return new Program(
                    segment, ops.size(), units, arenaBytes, scratchBytes, List.copyOf(steps), List.copyOf(owners));
        }
    }
}
