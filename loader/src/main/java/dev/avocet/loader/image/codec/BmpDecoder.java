// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/**
 * Windows and OS/2 bitmaps: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits with the usual bit fields, and both
 * run-length codings. Alpha is dropped.
 *
 * <p>Differs from Pillow where Pillow errs: in a palette of greys it takes two-colour pictures of 4 or 8 bits, and
 * sixteen-colour pictures of 4 bits, for something else.
 */
final class BmpDecoder {
    private static final int PLAIN = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;

    /** A layout of bit fields, and where red, green and blue then are in a pixel's little-endian value. */
    private record BitFields(int bits, long red, long green, long blue, long alpha, int[] shifts) {}

    // The layouts that Pillow knows; five and six bits are scaled to eight by v * 255 / max.
    private static final BitFields[] LAYOUTS = {
        new BitFields(32, 0xff0000, 0xff00, 0xff, 0, new int[] {16, 8, 0}),
        new BitFields(32, 0xff000000L, 0xff0000, 0xff00, 0, new int[] {24, 16, 8}),
        new BitFields(32, 0xff000000L, 0xff00, 0xff, 0, new int[] {24, 8, 0}),
        new BitFields(32, 0xff000000L, 0xff0000, 0xff00, 0xff, new int[] {24, 16, 8}),
        new BitFields(32, 0xff, 0xff00, 0xff0000, 0xff000000L, new int[] {0, 8, 16}),
        new BitFields(32, 0xff0000, 0xff00, 0xff, 0xff000000L, new int[] {16, 8, 0}),
        new BitFields(32, 0xff000000L, 0xff00, 0xff, 0xff0000, new int[] {24, 8, 0}),
        new BitFields(32, 0, 0, 0, 0, new int[] {16, 8, 0}),
        new BitFields(24, 0xff0000, 0xff00, 0xff, 0, new int[] {16, 8, 0}),
        new BitFields(16, 0xf800, 0x7e0, 0x1f, 0, new int[] {11, 5, 0}),
        new BitFields(16, 0x7c00, 0x3e0, 0x1f, 0, new int[] {10, 5, 0}),
    };

    private final ByteInput in;
    private final SizeCheck sizes;
    private int width;
    private int height;
    private boolean topDown;
    private int bits;
    private BitFields layout;
    private final byte[] palette = new byte[3 * 256];

    private BmpDecoder(byte[] data, SizeCheck sizes) {
        this.in = ByteInput.littleEndian(data);
        this.sizes = sizes;
    }

    static Raster decode(byte[] data, SizeCheck sizes) throws CodecException {
        var decoder = new BmpDecoder(data, sizes);
        int compression = decoder.readHeader();
        var rgb = switch (compression) {
            case RLE8, RLE4 -> decoder.readRuns(compression == RLE4);
            default -> decoder.readRows();
        };
        return Raster.upright(decoder.width, decoder.height, rgb);
    }

    private int readHeader() throws CodecException {
        in.skip(10);
        long pixels = in.u32();
        long headerSize = in.u32();
        int compression = PLAIN;
        long colours = 0;
        boolean os2 = headerSize == 12;
        var masks = new long[4];
        if (os2) {
            size(in.u16(), in.u16());
            in.skip(2);
            bits = in.u16();
        } else if (headerSize == 40 || headerSize == 52 || headerSize == 56 || headerSize == 64 || headerSize == 108
                || headerSize == 124) {
            var header = in.slice(headerSize - 4);
            size(header.u32(), header.i32());
            header.skip(2);
            bits = header.u16();
            compression = header.i32();
            header.skip(12);
            colours = header.u32();
            header.skip(4);
            if (compression == BIT_FIELDS) {
                var from = headerSize == 40 ? in : header;
                for (int i = 0; i < (headerSize >= 56 ? 4 : 3); i++) {
                    masks[i] = from.u32();
                }
            }
        } else {
            throw CodecException.unsupported("its header of " + headerSize + " bytes is of no known kind");
        }
        if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw CodecException.unsupported("it has " + bits + " bits per pixel");
        }
        if (compression < PLAIN || compression > BIT_FIELDS || compression == BIT_FIELDS && bits < 16
                || compression == RLE8 && bits != 8 || compression == RLE4 && bits != 4) {
            throw CodecException.unsupported("its compression " + compression + " at " + bits
                    + " bits per pixel is not one that is decoded here");
        }
        if (bits > 8) {
            layout = layout(compression == BIT_FIELDS ? masks : null);
        }
        readPixelsFrom(pixels, 14 + headerSize, colours, os2 ? 3 : 4);
        return compression;
    }

    private void size(long w, int h) throws CodecException {
        topDown = h < 0;
        sizes.check(w, Math.abs((long) h));
        width = (int) w;
        height = Math.abs(h);
    }

    private BitFields layout(long[] masks) throws CodecException {
        if (masks == null) {
            masks = bits == 16 ? new long[] {0x7c00, 0x3e0, 0x1f, 0} : new long[] {0xff0000, 0xff00, 0xff, 0};
        }
        for (var known : LAYOUTS) {
            if (known.bits == bits && known.red == masks[0] && known.green == masks[1] && known.blue == masks[2]
                    && (bits != 32 || known.alpha == masks[3])) {
                return known;
            }
        }
        throw CodecException.unsupported(String.format(
                "its bit fields %x, %x, %x, %x are not a layout that is decoded here",
                masks[0], masks[1], masks[2], masks[3]));
    }

    /** Reads the palette, which is directly behind the header, and moves to the pixels. */
    private void readPixelsFrom(long declared, long behindHeader, long declaredColours, int entry)
            throws CodecException {
        long start = declared;
        if (bits <= 8) {
            long colours = declaredColours == 0 ? 1L << bits : declaredColours;
            if (colours > 65536) {
                throw CodecException.corrupt("its palette has " + colours + " colours");
            }
            if (declared == behindHeader) {
                start += entry * colours;
            }
            for (int i = 0; i < colours; i++) {
                var bgr = in.slice(entry);
                if (i < 256) {
                    for (int c = 2; c >= 0; c--) {
                        palette[3 * i + c] = (byte) bgr.u8();
                    }
                }
            }
        }
        if (start != 0) {
            in.seek(start);
        }
    }

    private int rowOf(int y) {
        return topDown ? y : height - 1 - y;
    }

    private byte[] readRows() throws CodecException {
        int used = (int) (((long) width * bits + 7) / 8);
        int stride = used + 3 & ~3;
        // The padding behind the last row may be missing.
        if ((long) stride * (height - 1) + used > in.remaining()) {
            throw CodecException.truncated(in.remaining() + " bytes of pixel data cannot hold " + width + " x " + height
                    + " pixels of " + bits + " bits");
        }
        var rgb = new byte[3 * width * height];
        var data = in.array();
        for (int y = 0; y < height; y++) {
            int from = in.position() + y * stride;
            int to = 3 * width * rowOf(y);
            if (bits <= 8) {
                indexed(data, from, rgb, to);
            } else {
                direct(data, from, rgb, to);
            }
        }
        return rgb;
    }

    private void indexed(byte[] data, int from, byte[] rgb, int to) {
        int mask = (1 << bits) - 1;
        for (int x = 0; x < width; x++) {
            int bit = x * bits;
            paint(rgb, to + 3 * x, data[from + (bit >> 3)] >> 8 - bits - (bit & 7) & mask);
        }
    }

    private void paint(byte[] rgb, int at, int index) {
        System.arraycopy(palette, 3 * index, rgb, at, 3);
    }

    private void direct(byte[] data, int from, byte[] rgb, int to) {
        int bytes = bits / 8;
        for (int x = 0; x < width; x++) {
            int value = 0;
            for (int i = bytes - 1; i >= 0; i--) {
                value = value << 8 | data[from + x * bytes + i] & 0xff;
            }
            for (int c = 0; c < 3; c++) {
                int max = bits > 16 ? 255 : c == 1 && layout.shifts[0] == 11 ? 63 : 31;
                rgb[to + 3 * x + c] = (byte) ((value >>> layout.shifts[c] & max) * 255 / max);
            }
        }
    }

    /** Both run-length codings; what they leave out has colour 0. */
    private byte[] readRuns(boolean nibbles) throws CodecException {
        var indices = new byte[width * height];
        long at = 0;
        int column = 0;
        while (at < indices.length) {
            int count = in.u8();
            int value = in.u8();
            if (count > 0) {
                int fits = Math.max(0, Math.min(count, width - column));
                for (int i = 0; i < fits; i++) {
                    indices[(int) at++] = (byte) (nibbles ? value >> (i % 2 == 0 ? 4 : 0) & 15 : value);
                }
                column += fits;
            } else if (value == 0) {
                at = (at + width - 1) / width * width;
                column = 0;
            } else if (value == 1) {
                break;
            } else if (value == 2) {
                at += in.u8() + (long) in.u8() * width;
                column = (int) (at % width);
            } else {
                int length = (int) Math.min(value, indices.length - at);
                for (int i = 0; i < length; i++) {
                    int two = nibbles && i % 2 == 1 ? in.array()[in.position() - 1] : in.u8();
                    indices[(int) at++] = (byte) (nibbles ? two >> (i % 2 == 0 ? 4 : 0) & 15 : two);
                }
                column += value;
                if ((in.position() & 1) != 0 && in.remaining() > 0) {
                    in.skip(1);
                }
            }
        }
        var rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                paint(rgb, 3 * (rowOf(y) * width + x), indices[y * width + x] & 0xff);
            }
        }
        return rgb;
    }
}
