// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Arrays in NumPy's format, version 1.0; the header is padded so that the data begins at a multiple of 64 bytes. */
public final class Npy {
    private Npy() {}

    /** Rows of one length as a matrix of float32. */
    public static void write(OutputStream out, List<float[]> rows) throws IOException {
        int width = rows.isEmpty() ? 0 : rows.getFirst().length;
        out.write(header("<f4", rows.size() + ", " + width));
        for (var row : rows) {
            var bytes = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(row);
            out.write(bytes.array());
        }
    }

    /** Numbers as a vector of int64. */
    public static void write(OutputStream out, int[] numbers) throws IOException {
        out.write(header("<i8", numbers.length + ","));
        for (int number : numbers) {
            out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
        }
    }

    private static byte[] header(String type, String shape) {
        var header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        int length = Math.ceilDiv(10 + header.length() + 1, 64) * 64 - 10;
        var start = ByteBuffer.allocate(10 + length).order(ByteOrder.LITTLE_ENDIAN);
        start.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        start.putShort((short) length);
        start.put((header + " ".repeat(length - header.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII));
        return start.array();
    }
}
