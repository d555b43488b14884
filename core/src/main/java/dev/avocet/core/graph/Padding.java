// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

/** Rows and columns of zeros around a picture; a negative number cuts some off instead, as in PyTorch. */
public record Padding(int top, int bottom, int left, int right) {
    /** No padding. */
    public static final Padding NONE = new Padding(0, 0, 0, 0);

    /** What keeps a picture's size under a stride of 1. */
    public static Padding same(int kernel) {
        int before = (kernel - 1) / 2;
        int after = kernel - 1 - before;
        return new Padding(before, after, before, after);
    }
}
