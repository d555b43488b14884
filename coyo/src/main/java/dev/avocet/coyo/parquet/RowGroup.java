// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.util.Map;
import java.util.Optional;

/**
 * A part of a file that is read as a whole.
 *
 * @param rows how many there are
 * @param bytes its size in the file, packed
 * @param middle the offset in the file by which readers tell it from its neighbours
 * @param ranges what the footer says of the columns' values
 */
public record RowGroup(long rows, long bytes, long middle, Map<String, Range> ranges) {
    /**
     * What a column's values lie between; numbers only.
     *
     * @param missing how many rows have no value; empty where the writer didn't count
     */
    public record Range(Optional<Number> smallest, Optional<Number> largest, Optional<Long> missing) {}
}
