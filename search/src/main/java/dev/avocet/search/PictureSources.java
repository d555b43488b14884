// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.core.AvocetException;
import dev.avocet.pipelines.Align;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where pictures come from. */
public final class PictureSources {
    private PictureSources() {}

    /**
     * A folder of pictures, a parquet file, or a folder of parquet files.
     *
     * @param align the model whose vectors are taken from files that have some
     * @throws AvocetException where it is none of these
     */
    public static PictureSource of(Path path, Align align) {
        if (!Files.exists(path)) {
            throw new AvocetException(path + " does not exist; check the path");
        }
        try {
            if (ParquetSource.isParquet(path) || Files.isDirectory(path) && !ParquetSource.filesIn(path).isEmpty()) {
                return new ParquetSource(path, align.name());
            }
        } catch (IOException e) {
            throw new AvocetException(path + " can't be listed: " + e.getMessage() + "; check its permissions", e);
        }
        if (Files.isDirectory(path)) {
            return new FolderSource(path);
        }
        throw new AvocetException(path + " is neither a folder nor a file that ends in .parquet; to index a single"
                + " picture, name its folder");
    }
}
