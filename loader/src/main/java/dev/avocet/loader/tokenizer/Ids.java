// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.util.Arrays;

/** Token ids that grow at the end, up to a limit behind which nobody needs them. */
final class Ids {
    /** The most elements that an array can have on every virtual machine. */
    static final int MOST = Integer.MAX_VALUE - 8;

    private final int limit;
    private int[] ids;
    private int size;

    Ids(int capacity, int limit) {
        this.limit = limit;
        ids = new int[Math.min(capacity, limit)];
    }

    /** Appends an id; beyond the limit it is lost. */
    void add(int id) {
        if (size == ids.length) {
            if (size == limit) {
                return;
            }
            ids = Arrays.copyOf(ids, (int) Math.min(limit, 16 + size * 2L));
        }
        ids[size++] = id;
    }

    boolean isFull() {
        return size == limit;
    }

    int size() {
        return size;
    }

    /** Forgets all but the first so many. */
    void truncate(int newSize) {
        size = newSize;
    }

    /** Copies a part to a place in another array. */
    void copyTo(int from, int count, int[] into, int offset) {
        System.arraycopy(ids, from, into, offset, count);
    }
}
