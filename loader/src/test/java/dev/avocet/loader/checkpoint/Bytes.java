// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes safetensors files by hand, right and wrong ones. */
final class Bytes {
    private Bytes() {}

    /** A length field, whatever stands behind it. */
    static byte[] length(long length) {
        return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length).array();
    }

    /** A header, given as bytes, with its right length and zeros as data. */
    static byte[] file(byte[] header, int dataBytes) {
        return join(length(header.length), header, new byte[dataBytes]);
    }

    /** A header with its right length and zeros as data. */
    static byte[] file(String header, int dataBytes) {
        return file(header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    /** A file with one tensor {@code t}: 4 bytes of data, of which the entry says what is given. */
    static byte[] entry(String fields) {
        return file("{\"t\":{" + fields + "}}", 4);
    }

    static byte[] join(byte[]... parts) {
        var size = 0;
        for (var part : parts) {
            size += part.length;
        }
        var joined = ByteBuffer.allocate(size);
        for (var part : parts) {
            joined.put(part);
        }
        return joined.array();
    }

    static Path write(Path folder, String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    static Path write(Path folder, String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
