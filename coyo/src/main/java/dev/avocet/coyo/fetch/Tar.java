// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes an archive in the POSIX format (ustar), as WebDataset reads it: files with short names, one after the other. */
final class Tar {
    private static final int BLOCK = 512;

    private final OutputStream out;

    Tar(OutputStream out) {
        this.out = out;
    }

    /** Adds a file; all of them are of the same time, so that equal contents make equal archives. */
    void add(String name, byte[] bytes) throws IOException {
        var header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, String.format("%011o\0", bytes.length));
        put(header, 136, "00000000000\0");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xFF;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        out.write(header);
        out.write(bytes);
        out.write(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
    }

    /** The end of the archive: two empty blocks. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private static void put(byte[] header, int at, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
