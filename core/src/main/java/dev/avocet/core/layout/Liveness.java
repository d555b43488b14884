// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.layout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places buffers in one arena so that those which are alive at the same time don't overlap.
 *
 * <p>Greedy by size, largest first, each at the lowest offset that is free for its whole life (Pisarchyk and Lee,
 * "Efficient Memory Management for Deep Neural Net Inference", 2020). Every buffer takes part in the order of steps,
 * not of time: a backend that runs steps side by side must not use this.
 */
public final class Liveness {
    private Liveness() {}

    /**
     * A buffer's need.
     *
     * @param bytes its size
     * @param first the step that writes it; -1 for an input
     * @param last the last step that reads it; the number of steps for an output
     */
    public record Interval(long bytes, int first, int last) {
        private boolean meets(Interval other) {
            return first <= other.last && other.first <= last;
        }
    }

    /** Where each buffer lies, in the order given, and how large the arena must be. */
    public record Layout(long[] offsets, long bytes) {}

    /** The layout for these buffers, every offset a multiple of {@code alignment}. */
    public static Layout place(List<Interval> intervals, long alignment) {
        var offsets = new long[intervals.size()];
        var placed = new ArrayList<Integer>();
        var total = 0L;
        var order = new ArrayList<Integer>();
        for (int i = 0; i < intervals.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingLong(i -> -intervals.get(i).bytes()));
        for (int index : order) {
            var interval = intervals.get(index);
            var bytes = align(interval.bytes(), alignment);
            var offset = 0L;
            for (int other : placed) {
                if (!intervals.get(other).meets(interval)) {
                    continue;
                }
                if (offsets[other] >= offset + bytes) {
                    break;
                }
                offset = Math.max(offset, offsets[other] + align(intervals.get(other).bytes(), alignment));
            }
            offsets[index] = offset;
            placed.add(index);
            placed.sort(Comparator.comparingLong(i -> offsets[i]));
            total = Math.max(total, offset + bytes);
        }
        return new Layout(offsets, total);
    }

    private static long align(long bytes, long alignment) {
        return Math.ceilDiv(bytes, alignment) * alignment;
    }
}
