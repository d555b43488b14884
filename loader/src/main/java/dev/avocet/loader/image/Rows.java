// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/** Takes the rows of a picture from top to bottom. */
@FunctionalInterface
interface Rows {
    /**
     * Takes the next row, which the caller may overwrite afterwards.
     *
     * @param row one {@code int} for each pixel: red in its lowest byte, then green, then blue, then 0
     */
    void accept(int[] row);
}
