// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

/**
 * How a parquet file is written.
 *
 * @param groupRows the most rows of a row group
 * @param groupBytes from how many packed bytes on a row group is closed; what a writer holds in memory
 * @param isPacked whether values are packed with Snappy
 */
public record WriterOptions(int groupRows, long groupBytes, boolean isPacked) {
    /** Row groups of at most 131,072 rows or some 32 MB, packed. */
    public static final WriterOptions DEFAULT = new WriterOptions(1 << 17, 32 << 20, true);

    /** Refuses numbers below 1. */
    public WriterOptions {
        if (groupRows < 1 || groupBytes < 1) {
            throw new IllegalArgumentException("row groups of " + groupRows + " rows and " + groupBytes + " bytes");
        }
    }

    /** The same with other row groups. */
    public WriterOptions withGroupRows(int rows) {
        return new WriterOptions(rows, groupBytes, isPacked);
    }
}
