// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

/** Rows and columns of zeros around a picture. */
public record Padding(int top, int bottom, int left, int right) {
    /** No padding. */
    public static final Padding NONE = new Padding(0, 0, 0, 0);

    /** Refuses negative padding. */
    public Padding {
        if (top < 0 || bottom < 0 || left < 0 || right < 0) {
            throw new IllegalArgumentException("padding is negative: " + top + ", " + bottom + ", " + left + ", " + right);
        }
    }

    /** What keeps a picture's size under an odd kernel and stride 1. */
    public static Padding same(int kernel) {
        int before = (kernel - 1) / 2;
        int after = kernel - 1 - before;
        return new Padding(before, after, before, after);
    }
}
