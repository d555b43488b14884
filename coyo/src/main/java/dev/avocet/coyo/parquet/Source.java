// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.loader.hub.RemoteFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a parquet file, read in parts from any thread. */
public interface Source extends AutoCloseable {
    /** What messages call it. */
    String name();

    /** The length in bytes. */
    long length();

    /** So many bytes from an offset on, all of them inside the file. */
    ByteBuffer read(long offset, int length) throws IOException;

    @Override
    void close();

    /** A file on this machine; throws {@link ParquetException} where it can't be opened. */
    static Source of(Path file) {
        if (!Files.exists(file)) {
            throw new ParquetException(file + " does not exist; check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new ParquetException(file + " is no regular file; name a parquet file");
        }
        try {
            return new LocalSource(file, FileChannel.open(file));
        } catch (IOException e) {
            throw new ParquetException(file + " can't be opened: " + e.getMessage() + "; check its permissions", e);
        }
    }

    /** A file on the hub, of which only what is read is downloaded. */
    static Source of(RemoteFile file, String name) {
        return new HubSource(file, name);
    }
}
