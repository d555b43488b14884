// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/** Collects rows as interleaved RGB bytes. */
final class ByteRows implements Rows {
    private final int width;
    private final byte[] pixels;
    private int at;

    ByteRows(int width, int height) {
        this.width = width;
        this.pixels = new byte[3 * width * height];
    }

    @Override
    public void accept(int[] row, int from) {
        for (int c = 0; c < 3; c++) {
            for (int x = 0; x < width; x++) {
                pixels[at + 3 * x + c] = (byte) row[from + c * width + x];
            }
        }
        at += 3 * width;
    }

    /** {@code [H,W,3]}, as far as there have been rows. */
    byte[] pixels() {
        return pixels;
    }
}
