// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a TIFF file's samples make a pixel: the layouts of Pillow's table of modes, each as Pillow turns it to RGB. */
final class TiffPixels {
    /** For {@link Layout#extra}: there are no samples beyond the colours, or the file does not say what they are. */
    static final int NO_EXTRA = -1;

    private static final int PREMULTIPLIED = 1;
    private static final int ALPHA = 2;
    private static final int UNSIGNED = 1;
    private static final int SIGNED = 2;
    private static final int FLOAT = 3;

    /**
     * What the file's fields say.
     *
     * @param photometric 0 grey from white to black, 1 grey from black to white, 2 RGB, 3 palette, 5 inks, 6 YCbCr
     * @param format 1 unsigned, 2 signed, 3 floating-point
     * @param extra 0 unspecified, 1 premultiplied alpha, 2 alpha, or {@link #NO_EXTRA}
     */
    record Layout(int photometric, int samples, int bits, int format, int extra, boolean bigEndian) {}

    private final Layout layout;
    private final byte[] palette;

    /** @param palette 256 colours when the photometric interpretation is a palette, else null */
    TiffPixels(Layout layout, byte[] palette) throws CodecException {
        if (!isKnown(layout)) {
            throw CodecException.unsupported("its pixels of " + layout.samples + " samples of " + layout.bits
                    + " bits, photometric interpretation " + layout.photometric + ", sample format " + layout.format
                    + ", extra sample " + layout.extra + ", are not decoded here");
        }
        this.layout = layout;
        this.palette = palette;
    }

    private static boolean isKnown(Layout layout) {
        int bits = layout.bits;
        int samples = layout.samples;
        boolean unsigned = layout.format == UNSIGNED;
        boolean upToByte = unsigned && (bits == 1 || bits == 2 || bits == 4 || bits == 8);
        boolean alphaOrUnused = layout.extra == 0 || layout.extra == ALPHA;
        return switch (layout.photometric) {
            case 0 -> samples == 1 && (upToByte
                    || unsigned && bits == 16 && !layout.bigEndian
                    || layout.format == FLOAT && bits == 32);
            case 1 -> samples == 1 && (upToByte
                    || unsigned && (bits == 16 || bits == 32 && !layout.bigEndian)
                    || layout.format == SIGNED && (bits == 8 || bits == 16 || bits == 32)
                    || layout.format == FLOAT && bits == 32)
                    || samples == 2 && unsigned && bits == 8 && alphaOrUnused;
            case 2 -> samples >= 3 && unsigned && (bits == 8 || bits == 16 && samples <= 4);
            case 3 -> samples == 1 && upToByte || samples == 2 && unsigned && bits == 8 && alphaOrUnused;
            case 5 -> samples >= 4 && unsigned && (bits == 8 || bits == 16 && samples == 4);
            case 6 -> unsigned && bits == 8 && (samples == 1 || samples == 3);
            default -> false;
        };
    }

    int bits() {
        return layout.bits;
    }

    int samples() {
        return layout.samples;
    }

    /** Whether the samples are luma and chroma, which only JPEG turns to RGB here. */
    boolean isYcc() {
        return layout.photometric == 6 && layout.samples == 3;
    }

    /** Converts so many interleaved pixels. */
    void toRgb(byte[] data, int from, byte[] rgb, int to, int count) {
        switch (layout.photometric) {
            case 2, 6 -> {
                if (layout.samples >= 3) {
                    colours(data, from, rgb, to, count);
                } else {
                    greys(data, from, rgb, to, count);
                }
            }
            case 3 -> {
                for (int x = 0; x < count; x++) {
                    System.arraycopy(palette, 3 * packed(data, from, x), rgb, to + 3 * x, 3);
                }
            }
            case 5 -> inks(data, from, rgb, to, count);
            default -> greys(data, from, rgb, to, count);
        }
    }

    private void colours(byte[] data, int from, byte[] rgb, int to, int count) {
        boolean premultiplied = layout.samples > 3 && layout.extra == PREMULTIPLIED;
        for (int x = 0; x < count; x++) {
            int alpha = premultiplied ? highByte(data, from, x, 3) : 255;
            for (int c = 0; c < 3; c++) {
                int value = highByte(data, from, x, c);
                if (alpha < 255) {
                    value = alpha == 0 ? 0 : Math.min(255, value * 255 / alpha);
                }
                rgb[to + 3 * x + c] = (byte) value;
            }
        }
    }

    private void inks(byte[] data, int from, byte[] rgb, int to, int count) {
        for (int x = 0; x < count; x++) {
            int light = 255 - highByte(data, from, x, 3);
            for (int c = 0; c < 3; c++) {
                rgb[to + 3 * x + c] = (byte) Cmyk.over(highByte(data, from, x, c), light);
            }
        }
    }

    private void greys(byte[] data, int from, byte[] rgb, int to, int count) {
        var wide = layout.bits > 8 ? ByteBuffer.wrap(data).order(order()) : null;
        for (int x = 0; x < count; x++) {
            byte grey = (byte) (wide == null ? grey(data, from, x) : wideGrey(wide, from + x * layout.bits / 8));
            rgb[to + 3 * x] = grey;
            rgb[to + 3 * x + 1] = grey;
            rgb[to + 3 * x + 2] = grey;
        }
    }

    private int grey(byte[] data, int from, int x) {
        int value = packed(data, from, x) * 255 / ((1 << layout.bits) - 1);
        return layout.photometric == 0 ? 255 - value : value;
    }

    /** Pillow turns neither these inside out when 0 is white nor scales them, but cuts them off at 0 and 255. */
    private int wideGrey(ByteBuffer data, int at) {
        if (layout.format == FLOAT) {
            float value = data.getFloat(at);
            return value > 0 ? (int) Math.min(value, 255f) : 0;
        }
        int value = layout.bits == 32
                ? data.getInt(at)
                : layout.format == SIGNED ? data.getShort(at) : data.getShort(at) & 0xffff;
        return Math.clamp(value, 0, 255);
    }

    private ByteOrder order() {
        return layout.bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** A sample of at most 8 bits, the first of its pixel. */
    private int packed(byte[] data, int from, int x) {
        if (layout.bits == 8) {
            return data[from + x * layout.samples] & 0xff;
        }
        int bit = x * layout.bits;
        return data[from + (bit >> 3)] >> 8 - layout.bits - (bit & 7) & (1 << layout.bits) - 1;
    }

    /** A sample of 8 bits, or the higher half of one of 16. */
    private int highByte(byte[] data, int from, int x, int sample) {
        int index = x * layout.samples + sample;
        return data[layout.bits == 8 ? from + index : from + 2 * index + (layout.bigEndian ? 0 : 1)] & 0xff;
    }
}
