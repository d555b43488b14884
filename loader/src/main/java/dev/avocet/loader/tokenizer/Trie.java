// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.util.Arrays;

/**
 * Texts with a number each, to be followed unit by unit, so that all texts that start at one place cost one pass.
 *
 * <p>All edges lie in one open-addressing table, an edge in one long: 24 bits for the node it leaves, 16 for the UTF-16
 * unit, 24 for the node it reaches. A step is one probe, and with it mostly one cache line.
 */
final class Trie {
    /** Where every text starts; no edge leads to it. */
    static final int ROOT = 0;
    /** What {@link #value} says of a node where no text ends. */
    static final int NO_VALUE = -1;
    /** The most units that all texts together may have. */
    static final int MOST_UNITS = (1 << 24) - 2;

    private static final int UNIT_SHIFT = 24;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private long[] edges;
    private int shift;
    private int[] values = new int[64];
    private int nodes = 1;

    /** An empty trie with room for about so many edges; it grows. */
    Trie(int expected) {
        int bits = Math.max(6, 33 - Integer.numberOfLeadingZeros(expected));
        edges = new long[1 << bits];
        shift = Long.SIZE - bits;
        values[ROOT] = NO_VALUE;
    }

    /** Adds a text; one that is there already keeps its value. */
    void put(String text, int value) {
        int node = ROOT;
        for (int i = 0; i < text.length(); i++) {
            int next = child(node, text.charAt(i));
            node = next == ROOT ? grow(node, text.charAt(i)) : next;
        }
        if (values[node] == NO_VALUE) {
            values[node] = value;
        }
    }

    /** The node that a unit leads to, {@link #ROOT} when it leads nowhere. */
    int child(int node, char unit) {
        long key = (long) node << 16 | unit;
        for (int slot = slot(key);; slot = (slot + 1) & (edges.length - 1)) {
            long edge = edges[slot];
            if (edge == 0) {
                return ROOT;
            }
            if (edge >>> UNIT_SHIFT == key) {
                return (int) edge & 0xFFFFFF;
            }
        }
    }

    boolean isEmpty() {
        return nodes == 1;
    }

    /** The value of the text that ends at a node, or {@link #NO_VALUE}. */
    int value(int node) {
        return values[node];
    }

    /** The node that a whole text leads to, {@link #ROOT} when the text is empty or leads nowhere. */
    int walk(String text) {
        int node = ROOT;
        for (int i = 0; i < text.length(); i++) {
            node = child(node, text.charAt(i));
            if (node == ROOT) {
                break;
            }
        }
        return node;
    }

    private int slot(long key) {
        return (int) (key * MIX >>> shift);
    }

    private int grow(int node, char unit) {
        if (nodes > MOST_UNITS) {
            throw new IllegalStateException("more than " + MOST_UNITS + " nodes");
        }
        if (nodes > edges.length / 2) {
            var old = edges;
            edges = new long[old.length * 2];
            shift--;
            for (long edge : old) {
                if (edge != 0) {
                    insert(edge);
                }
            }
        }
        if (nodes == values.length) {
            values = Arrays.copyOf(values, nodes * 2);
        }
        insert(((long) node << 16 | unit) << UNIT_SHIFT | nodes);
        values[nodes] = NO_VALUE;
        return nodes++;
    }

    private void insert(long edge) {
        int slot = slot(edge >>> UNIT_SHIFT);
        while (edges[slot] != 0) {
            slot = (slot + 1) & (edges.length - 1);
        }
        edges[slot] = edge;
    }
}
