// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/**
 * Decoded pixels, and how they are meant to be held.
 *
 * @param width the number of columns
 * @param height the number of rows
 * @param rgb interleaved red, green and blue, row by row: {@code [H,W,3]}
 * @param orientation EXIF's 1 to 8; 1, or anything else, means that the rows are stored as they are seen
 */
public record Raster(int width, int height, byte[] rgb, int orientation) {
    /** A raster that is stored as it is seen. */
    static Raster upright(int width, int height, byte[] rgb) {
        return new Raster(width, height, rgb, 1);
    }

    /** The same pixels with another orientation. */
    Raster oriented(int newOrientation) {
        return new Raster(width, height, rgb, newOrientation);
    }

    /** The pixels as they are meant to be seen, like Pillow's {@code ImageOps.exif_transpose}. */
    public Raster transposed() {
        return switch (orientation) {
            case 2 -> rearranged(false, 0, width - 1, width, -1);
            case 3 -> rearranged(false, height - 1, width - 1, -width, -1);
            case 4 -> rearranged(false, height - 1, 0, -width, 1);
            case 5 -> rearranged(true, 0, 0, 1, width);
            case 6 -> rearranged(true, height - 1, 0, 1, -width);
            case 7 -> rearranged(true, height - 1, width - 1, -1, -width);
            case 8 -> rearranged(true, 0, width - 1, -1, width);
            default -> this;
        };
    }

    /** Reads from pixel (firstY, firstX) on, in steps of pixels to the next row and the next column of the result. */
    private Raster rearranged(boolean sidesSwap, int firstY, int firstX, int rowStep, int columnStep) {
        int newWidth = sidesSwap ? height : width;
        int newHeight = sidesSwap ? width : height;
        var out = new byte[rgb.length];
        int to = 0;
        for (int y = 0; y < newHeight; y++) {
            int from = 3 * (firstY * width + firstX + y * rowStep);
            for (int x = 0; x < newWidth; x++, from += 3 * columnStep, to += 3) {
                out[to] = rgb[from];
                out[to + 1] = rgb[from + 1];
                out[to + 2] = rgb[from + 2];
            }
        }
        return new Raster(newWidth, newHeight, out, 1);
    }
}
