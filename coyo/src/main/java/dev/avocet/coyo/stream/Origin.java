// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

/**
 * Where in a data set a row comes from.
 *
 * @param file the number of its file, in the order of reading
 * @param group the number of its row group, in the order of reading
 * @param row its number among those that the filter lets through there
 */
public record Origin(int file, int group, long row) {
    static final Origin START = new Origin(0, 0, 0);
}
