// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/** Collects rows as interleaved RGB bytes. */
final class ByteRows implements Rows {
    private final byte[] pixels;
    private int at;

    ByteRows(int width, int height) {
        this.pixels = new byte[3 * width * height];
    }

    @Override
    public void accept(int[] row) {
        for (int x = 0; x < row.length; x++) {
            pixels[at + 3 * x] = (byte) row[x];
            pixels[at + 3 * x + 1] = (byte) (row[x] >> 8);
            pixels[at + 3 * x + 2] = (byte) (row[x] >> 16);
        }
        at += 3 * row.length;
    }

    /** {@code [H,W,3]}, as far as there have been rows. */
    byte[] pixels() {
        return pixels;
    }
}
