// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Files that promise more than they hold, or hold more than they promise. */
final class Hostile {
    private Hostile() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] chunk(String type, byte[] data) {
        var body = join(ascii(type), data);
        var crc = new CRC32();
        crc.update(body);
        return ByteBuffer.allocate(body.length + 8).putInt(data.length).put(body).putInt((int) crc.getValue()).array();
    }

    /** A stream of so many zeros, which is a thousandth of that. */
    static byte[] deflatedZeros(long count) {
        var out = new ByteArrayOutputStream();
        var buffer = new byte[1 << 16];
        try (var deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
            for (long left = count; left > 0; left -= buffer.length) {
                deflater.setInput(new byte[(int) Math.min(left, buffer.length)]);
                while (!deflater.needsInput()) {
                    out.write(buffer, 0, deflater.deflate(buffer));
                }
            }
            deflater.finish();
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
        }
        return out.toByteArray();
    }

    /** A grey PNG of 8 bits with these chunks before its pixels. */
    static byte[] png(int width, int height, byte[] pixels, byte[]... chunks) {
        var header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).array();
        var signature = new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
        return join(signature, chunk("IHDR", header), join(chunks), chunk("IDAT", pixels), chunk("IEND", new byte[0]));
    }

    /** A compressed text chunk that inflates to so many bytes, under a keyword that is looked at. */
    static byte[] textBomb(long size) {
        return chunk("zTXt", join(ascii("XML:com.adobe.xmp\0\0"), deflatedZeros(size)));
    }

    /** A photograph whose frame header says something else about its size. */
    static byte[] jpeg(byte[] photo, int width, int height) {
        var data = photo.clone();
        int at = 2;
        while (data[at + 1] != (byte) 0xc0 && data[at + 1] != (byte) 0xc2) {
            at += 2 + (data[at + 2] & 0xff) * 256 + (data[at + 3] & 0xff);
        }
        ByteBuffer.wrap(data).putShort(at + 5, (short) height).putShort(at + 7, (short) width);
        return data;
    }

    /** A progressive photograph with its last scan so many times. */
    static byte[] manyScans(byte[] progressive, int times) {
        int last = 0;
        for (int i = 0; i + 1 < progressive.length; i++) {
            if (progressive[i] == (byte) 0xff && progressive[i + 1] == (byte) 0xda) {
                last = i;
            }
        }
        int end = progressive.length - 2;
        var out = new ByteArrayOutputStream();
        out.write(progressive, 0, last);
        for (int i = 0; i < times; i++) {
            out.write(progressive, last, end - last);
        }
        out.write(progressive, end, 2);
        return out.toByteArray();
    }

    static byte[] gif(int width, int height) {
        return little(64)
                .put(ascii("GIF89a"))
                .putShort((short) width)
                .putShort((short) height)
                .put(new byte[3])
                .put((byte) ',')
                .putInt(0)
                .putShort((short) width)
                .putShort((short) height)
                .put((byte) 0)
                .put((byte) 2)
                .array();
    }

    static byte[] bmp(int width, int height) {
        return little(2000)
                .put(ascii("BM"))
                .putLong(0)
                .putInt(54 + 1024)
                .putInt(40)
                .putInt(width)
                .putInt(height)
                .putShort((short) 1)
                .putShort((short) 8)
                .array();
    }

    /** A field of one value for {@link #tiff}. */
    record Field(int tag, int value) {}

    static byte[] tiff(Field... fields) {
        var bytes = new byte[114 + 12 * fields.length];
        var out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)
                .put(ascii("II"))
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) fields.length);
        for (var field : fields) {
            out.putShort((short) field.tag).putShort((short) 4).putInt(1).putInt(field.value);
        }
        return bytes;
    }

    static byte[] webp(String type, byte[] chunk) {
        return little(20 + chunk.length)
                .put(ascii("RIFF"))
                .putInt(12 + chunk.length)
                .put(ascii("WEBP" + type))
                .putInt(chunk.length)
                .put(chunk)
                .array();
    }

    static byte[] vp8(int width, int height) {
        var startCode = new byte[] {0x10, 1, 0, (byte) 0x9d, 1, 0x2a};
        return webp("VP8 ", little(40).put(startCode).putShort((short) width).putShort((short) height).array());
    }

    static byte[] vp8l(int width, int height) {
        int size = width - 1 | height - 1 << 14;
        return webp("VP8L", little(20).put((byte) 0x2f).putInt(size).array());
    }
}
