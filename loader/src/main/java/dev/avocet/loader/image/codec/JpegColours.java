// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/** From a JPEG's components to red, green and blue, with libjpeg's 16-bit fixed-point conversion and its guesses. */
final class JpegColours {
    private static final int ADOBE_UNKNOWN = -1;
    private static final int ADOBE_NO_TRANSFORM = 0;

    // Rec. 601 with full range: 1.402, 0.71414, 0.34414 and 1.772 times 2^16.
    private static final int[] RED_OF_CR = table(91881, 1 << 15, 16);
    private static final int[] BLUE_OF_CB = table(116130, 1 << 15, 16);
    private static final int[] GREEN_OF_CR = table(-46802, 0, 0);
    private static final int[] GREEN_OF_CB = table(-22554, 1 << 15, 0);

    private final JpegFrame frame;
    private final JpegUpsampler[] upsamplers;
    private final boolean isYcc;

    JpegColours(JpegFrame frame, boolean isYcc) {
        this.frame = frame;
        this.isYcc = isYcc;
        upsamplers = new JpegUpsampler[frame.components.length];
        for (int i = 0; i < upsamplers.length; i++) {
            upsamplers[i] = new JpegUpsampler(frame.components[i], frame);
        }
    }

    /** @param adobeTransform what an Adobe marker says, or -1 without one */
    static JpegColours guess(JpegFrame frame, boolean sawJfif, int adobeTransform) {
        return new JpegColours(frame, switch (frame.components.length) {
            case 3 -> sawJfif || (adobeTransform == ADOBE_UNKNOWN
                    ? !hasLetters(frame.components)
                    : adobeTransform != ADOBE_NO_TRANSFORM);
            case 4 -> adobeTransform != ADOBE_UNKNOWN && adobeTransform != ADOBE_NO_TRANSFORM;
            default -> false;
        });
    }

    private static int[] table(int factor, int rounding, int shift) {
        var table = new int[256];
        for (int i = 0; i < 256; i++) {
            table[i] = factor * (i - 128) + rounding >> shift;
        }
        return table;
    }

    private static boolean hasLetters(JpegComponent[] components) {
        return components[0].id == 'R' && components[1].id == 'G' && components[2].id == 'B';
    }

    byte[] toRgb() {
        var rgb = new byte[3 * frame.width * frame.height];
        for (int y = 0; y < frame.height; y++) {
            for (var upsampler : upsamplers) {
                upsampler.load(y);
            }
            int to = 3 * y * frame.width;
            if (upsamplers.length == 1) {
                grey(rgb, to);
            } else if (isYcc) {
                fromYcc(rgb, to);
            } else {
                copy(rgb, to);
            }
            if (upsamplers.length == 4) {
                fromCmyk(rgb, to);
            }
        }
        return rgb;
    }

    /** The components interleaved, {@code [rows,W,C]}, in which rows beyond the picture are 0. */
    byte[] samples(int rows) {
        int count = upsamplers.length;
        if (isYcc) {
            return Arrays.copyOf(toRgb(), rows * frame.width * count);
        }
        var samples = new byte[rows * frame.width * count];
        for (int y = 0; y < frame.height; y++) {
            for (int c = 0; c < count; c++) {
                upsamplers[c].load(y);
                var in = upsamplers[c].row();
                int from = upsamplers[c].offset();
                for (int x = 0; x < frame.width; x++) {
                    samples[(y * frame.width + x) * count + c] = in[from + x];
                }
            }
        }
        return samples;
    }

    private void grey(byte[] rgb, int to) {
        var in = upsamplers[0].row();
        int from = upsamplers[0].offset();
        for (int x = 0; x < frame.width; x++) {
            byte grey = in[from + x];
            rgb[to + 3 * x] = grey;
            rgb[to + 3 * x + 1] = grey;
            rgb[to + 3 * x + 2] = grey;
        }
    }

    private void copy(byte[] rgb, int to) {
        for (int c = 0; c < 3; c++) {
            var in = upsamplers[c].row();
            int from = upsamplers[c].offset();
            for (int x = 0; x < frame.width; x++) {
                rgb[to + 3 * x + c] = in[from + x];
            }
        }
    }

    private void fromYcc(byte[] rgb, int to) {
        var luma = upsamplers[0].row();
        var blue = upsamplers[1].row();
        var red = upsamplers[2].row();
        int lumaFrom = upsamplers[0].offset();
        int blueFrom = upsamplers[1].offset();
        int redFrom = upsamplers[2].offset();
        int at = to;
        for (int x = 0; x < frame.width; x++, at += 3) {
            int y = luma[lumaFrom + x] & 0xff;
            int cb = blue[blueFrom + x] & 0xff;
            int cr = red[redFrom + x] & 0xff;
            rgb[at] = (byte) clamp(y + RED_OF_CR[cr]);
            rgb[at + 1] = (byte) clamp(y + (GREEN_OF_CB[cb] + GREEN_OF_CR[cr] >> 16));
            rgb[at + 2] = (byte) clamp(y + BLUE_OF_CB[cb]);
        }
    }

    /**
     * Prints the fourth component over a row. Inverted CMYK holds 255 - C, that is red, and so on; YCCK holds C as
     * 255 minus the red of its YCC.
     */
    private void fromCmyk(byte[] rgb, int to) {
        var black = upsamplers[3].row();
        int from = upsamplers[3].offset();
        for (int x = 0; x < frame.width; x++) {
            int key = black[from + x] & 0xff;
            for (int c = 0; c < 3; c++) {
                int at = to + 3 * x + c;
                int ink = rgb[at] & 0xff;
                rgb[at] = (byte) Cmyk.over(isYcc ? ink : 255 - ink, key);
            }
        }
    }

    private static int clamp(int value) {
        return Math.clamp(value, 0, 255);
    }
}
