// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The arrays that one resize works in, kept for the next one: pictures of a service tend to have a few sizes, and a
 * resize asks for the same lengths in the same order. For one thread at a time.
 */
final class Lines {
    private final List<int[]> kept = new ArrayList<>();
    private int next;

    /** An array that nobody else has until {@link #begin}; it holds anything. */
    int[] take(int length) {
        if (next == kept.size()) {
            kept.add(new int[length]);
        } else if (kept.get(next).length != length) {
            kept.set(next, new int[length]);
        }
        return kept.get(next++);
    }

    /** Some arrays of one length. */
    int[][] take(int count, int length) {
        var lines = new int[count][];
        for (int i = 0; i < count; i++) {
            lines[i] = take(length);
        }
        return lines;
    }

    /** All arrays are free again. */
    Lines begin() {
        next = 0;
        return this;
    }

    /** As many of them as there are threads that resize side by side. */
    static final class Pool {
        private final ConcurrentLinkedDeque<Lines> idle = new ConcurrentLinkedDeque<>();

        /** Lines that nobody else has until they are given back. */
        Lines borrow() {
            var lines = idle.pollFirst();
            return lines == null ? new Lines() : lines.begin();
        }

        void giveBack(Lines lines) {
            idle.addFirst(lines);
        }
    }
}
