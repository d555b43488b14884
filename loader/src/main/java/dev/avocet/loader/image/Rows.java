// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/** Takes the rows of a picture from top to bottom. */
@FunctionalInterface
interface Rows {
    /**
     * Takes the next row, which the caller may overwrite afterwards.
     *
     * @param row holds, from {@code from} on, all red, then all green, then all blue values, 0 to 255
     */
    void accept(int[] row, int from);
}
