// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/**
 * The luma and chroma planes of a VP8 frame, each with a margin above and to the left that predictions of the first row
 * and column see: 127 above and 129 to the left (RFC 6386, section 12).
 */
final class Vp8Planes {
    /** Columns to the left of the first, of which the last is seen. */
    private static final int MARGIN = 1;
    private static final int ABOVE = 127;
    private static final int LEFT = 129;

    /** One plane of bytes; the sample (x, y) is at {@code origin + y * stride + x}. */
    record Plane(byte[] samples, int origin, int stride) {
        static Plane of(int width, int height) {
            // Four more columns for what the last block of the first row sees above and to its right.
            int stride = MARGIN + width + 4;
            var samples = new byte[stride * (height + 1)];
            Arrays.fill(samples, 0, stride, (byte) ABOVE);
            for (int y = 1; y <= height; y++) {
                samples[y * stride] = (byte) LEFT;
            }
            return new Plane(samples, stride + MARGIN, stride);
        }

        int at(int x, int y) {
            return origin + y * stride + x;
        }
    }

    final int columns;
    final int rows;
    final Plane luma;
    final Plane[] chroma;
    private final int[] edge = new int[13];

    Vp8Planes(int columns, int rows) throws CodecException {
        if ((16L * columns + MARGIN + 4) * (16L * rows + 1) > Integer.MAX_VALUE - 8) {
            throw CodecException.tooLarge("it has more samples than one array holds");
        }
        this.columns = columns;
        this.rows = rows;
        luma = Plane.of(16 * columns, 16 * rows);
        chroma = new Plane[] {Plane.of(8 * columns, 8 * rows), Plane.of(8 * columns, 8 * rows)};
    }

    /** Predicts a macroblock from its neighbours and adds what its coefficients say. */
    void reconstruct(int row, int column, Vp8Modes modes, Vp8Coefficients coefficients) {
        var values = coefficients.values();
        boolean add = !coefficients.isEmpty();
        if (modes.hasBlockModes()) {
            reconstructBlocks(row, column, modes, add ? values : null);
        } else {
            int at = luma.at(16 * column, 16 * row);
            Vp8Prediction.square(modes.luma(0), luma, at, 16, row > 0, column > 0);
            for (int i = 0; add && i < 16; i++) {
                Vp8Transform.add(values, 16 * i, luma.samples, at + (i / 4 * luma.stride + i % 4) * 4, luma.stride);
            }
        }
        for (int c = 0; c < 2; c++) {
            var plane = chroma[c];
            int at = plane.at(8 * column, 8 * row);
            Vp8Prediction.square(modes.chroma(), plane, at, 8, row > 0, column > 0);
            for (int i = 0; add && i < 4; i++) {
                int block = 16 * (16 + 4 * c + i);
                Vp8Transform.add(values, block, plane.samples, at + (i / 2 * plane.stride + i % 2) * 4, plane.stride);
            }
        }
    }

    private void reconstructBlocks(int row, int column, Vp8Modes modes, short[] values) {
        var samples = luma.samples;
        int stride = luma.stride;
        int macroblock = luma.at(16 * column, 16 * row);
        // What all blocks of the last column see above and to their right is above the macroblock to the right; beyond
        // the frame it repeats the last sample above, but in the first row it is the margin.
        var right = new int[4];
        for (int i = 0; i < 4; i++) {
            boolean inside = row == 0 || column < columns - 1;
            right[i] = samples[macroblock - stride + (inside ? 16 + i : 15)] & 0xff;
        }
        for (int block = 0; block < 16; block++) {
            int x = block % 4;
            int at = macroblock + (block / 4 * stride + x) * 4;
            // From the lowest on the left over the corner to the last above.
            for (int i = 0; i < 4; i++) {
                edge[3 - i] = samples[at + i * stride - 1] & 0xff;
                edge[5 + i] = samples[at - stride + i] & 0xff;
                edge[9 + i] = x == 3 ? right[i] : samples[at - stride + 4 + i] & 0xff;
            }
            edge[4] = samples[at - stride - 1] & 0xff;
            Vp8Prediction.block(modes.luma(block), edge, samples, at, stride);
            if (values != null) {
                Vp8Transform.add(values, 16 * block, samples, at, stride);
            }
        }
    }

    /** Red, green and blue of the frame's part that belongs to the picture. */
    byte[] toRgb(int width, int height) {
        return new Vp8Colours(this, width, height).toRgb();
    }
}
