// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import dev.avocet.coyo.parquet.ParquetFile;
import dev.avocet.coyo.parquet.Source;
import java.util.function.Supplier;

/**
 * A parquet file of a data set, not yet open.
 *
 * @param name as messages have it
 * @param version what changes when its content does: a commit, or its length and time
 */
public record DataFile(String name, String version, Supplier<Source> source) {
    /** Opens it; throws {@code ParquetException} where it is none. */
    public ParquetFile open() {
        return ParquetFile.open(source.get());
    }
}
