// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Read and not mapped: a file that is cut short meanwhile is an error then, and not the end of the process. */
record LocalSource(Path file, FileChannel channel) implements Source {
    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public long length() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException("the file ends at " + channel.size());
            }
        }
        return bytes.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written.
        }
    }
}
