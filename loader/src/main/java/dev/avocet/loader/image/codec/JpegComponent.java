// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/** One component (colour) of a JPEG frame: its geometry, and its coefficients or samples once they are decoded. */
final class JpegComponent {
    final int id;
    final int h;
    final int v;
    final int quantTable;

    /** The samples that belong to the picture. */
    int width;
    int height;

    /** The blocks that hold them, which is what a scan of this component alone has. */
    int blockColumns;
    int blockRows;

    /** The blocks of all whole MCUs: the columns and rows that are stored. */
    int storedColumns;
    int storedRows;

    /** The quantisation table in zigzag order, as it was when the component's first scan began; null until then. */
    int[] quant;

    /** The samples of all stored blocks, row by row: {@code [8 storedRows, 8 storedColumns]}. */
    byte[] samples;

    /** The coefficients of all stored blocks in zigzag order, {@code [storedRows, storedColumns, 64]}, or null. */
    short[] coefficients;

    /** For each coefficient, how many low bits of it are not yet known; -1 before any scan had it. */
    final byte[] unknownBits = new byte[64];

    /** The same before the last scan that had this component. */
    final byte[] unknownBitsBefore = new byte[64];

    JpegComponent(int id, int h, int v, int quantTable) {
        this.id = id;
        this.h = h;
        this.v = v;
        this.quantTable = quantTable;
        Arrays.fill(unknownBits, (byte) -1);
    }

    /** Sets the geometry from the frame's size, its largest sampling factors and its number of MCUs. */
    void measure(int frameWidth, int frameHeight, int maxH, int maxV, int mcuColumns, int mcuRows) {
        width = ceilDiv((long) frameWidth * h, maxH);
        height = ceilDiv((long) frameHeight * v, maxV);
        blockColumns = ceilDiv(width, 8);
        blockRows = ceilDiv(height, 8);
        storedColumns = mcuColumns * h;
        storedRows = mcuRows * v;
    }

    /** Notes what a scan, counted from 1, will make known. */
    void startScan(int number, int firstCoefficient, int lastCoefficient, int lowBit) {
        if (number > 1) {
            System.arraycopy(unknownBits, 0, unknownBitsBefore, 0, 64);
        } else {
            // What libjpeg notes before the first scan, as if nothing were unknown, matters once there is a second.
            Arrays.fill(unknownBitsBefore, (byte) 0);
        }
        Arrays.fill(unknownBits, firstCoefficient, lastCoefficient + 1, (byte) lowBit);
    }

    long storedBlocks() {
        return (long) storedColumns * storedRows;
    }

    int stride() {
        return 8 * storedColumns;
    }

    static int ceilDiv(long dividend, long divisor) {
        return (int) ((dividend + divisor - 1) / divisor);
    }
}
