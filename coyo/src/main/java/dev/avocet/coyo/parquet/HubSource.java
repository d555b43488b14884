// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.loader.hub.RemoteFile;
import java.nio.ByteBuffer;

/** The first read at a file's end brings {@value #TAIL} bytes at once, which hold most footers: each request costs a round trip. */
final class HubSource implements Source {
    private static final int TAIL = 1 << 16;

    private final RemoteFile file;
    private final String name;
    private byte[] tail;

    HubSource(RemoteFile file, String name) {
        this.file = file;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() {
        return file.length();
    }

    @Override
    public ByteBuffer read(long offset, int length) {
        long begin = Math.max(0, file.length() - TAIL);
        if (offset < begin) {
            return ByteBuffer.wrap(file.read(offset, length));
        }
        return ByteBuffer.wrap(tail(begin), (int) (offset - begin), length).slice();
    }

    private synchronized byte[] tail(long begin) {
        if (tail == null) {
            tail = file.read(begin, (int) (file.length() - begin));
        }
        return tail;
    }

    @Override
    public void close() {
        // A RemoteFile holds nothing open.
    }
}
