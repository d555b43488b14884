// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/**
 * Estimates, for progressive pictures whose scans leave coefficients unknown, the low-frequency ones of each block from
 * the mean values of the 5 x 5 blocks around it, as libjpeg-turbo (since 2.1) does by default.
 */
final class JpegSmoothing {
    /** The coefficients that are estimated, in zigzag order; those from 6 on only where no AC coefficient is known. */
    private static final int ESTIMATED = 10;

    private static final int WITH_SOME_KNOWN = 6;

    // Weights of the blocks around, row by row, in 1/256, for each coefficient in zigzag order, when only means are
    // known.
    private static final int[][] MEANS_ONLY = {
        {-2, -6, -8, -6, -2, -6, 6, 42, 6, -6, -8, 42, 152, 42, -8, -6, 6, 42, 6, -6, -2, -6, -8, -6, -2},
        {-1, -1, 0, 1, 1, -3, 13, 0, -13, 3, -3, 38, 0, -38, 3, -3, 13, 0, -13, 3, -1, -1, 0, 1, 1},
        {-1, -3, -3, -3, -1, -1, 13, 38, 13, -1, 0, 0, 0, 0, 0, 1, -13, -38, -13, 1, 1, 3, 3, 3, 1},
        {0, 0, 1, 0, 0, 0, 2, 7, 2, 0, 0, -5, -14, -5, 0, 0, 2, 7, 2, 0, 0, 0, 1, 0, 0},
        {-1, 0, 0, 0, 1, 0, 9, 0, -9, 0, 0, 0, 0, 0, 0, 0, -9, 0, 9, 0, 1, 0, 0, 0, -1},
        {0, 0, 0, 0, 0, 0, 2, -5, 2, 0, 1, 7, -14, 7, 1, 0, 2, -5, 2, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, 2, 0, -2, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 1, -3, 1, 0, 0, 0, 0, 0, 0, 0, -1, 3, -1, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, -3, 0, 3, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, -1, -2, -1, 0, 0, 0, 0, 0, 0},
    };

    private static final int[][] SOME_KNOWN = {
        {},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -7, 50, 0, -50, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {0, 0, -7, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, -50, 0, 0, 0, 0, 7, 0, 0},
        {0, 0, -1, 0, 0, 0, 0, 13, 0, 0, 0, 0, -24, 0, 0, 0, 0, 13, 0, 0, 0, 0, -1, 0, 0},
        {0, -1, 0, 1, 0, -1, 10, 0, -10, 1, 0, 0, 0, 0, 0, 1, -10, 0, 10, -1, 0, 1, 0, -1, 0},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 13, -24, 13, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    };

    private static final byte[] NOTHING_KNOWN = new byte[ESTIMATED];

    static {
        Arrays.fill(NOTHING_KNOWN, (byte) -1);
    }

    private final JpegFrame frame;
    private final int[] means = new int[25];

    private JpegSmoothing(JpegFrame frame) {
        this.frame = frame;
    }

    /** What smooths a frame, or null when all its coefficients are known or too little is. */
    static JpegSmoothing of(JpegFrame frame) {
        if (!frame.progressive) {
            return null;
        }
        boolean useful = false;
        for (var component : frame.components) {
            if (component.quant == null || component.unknownBits[0] < 0) {
                return null;
            }
            for (int i = 0; i < ESTIMATED; i++) {
                if (component.quant[i] == 0) {
                    return null;
                }
                useful |= i > 0 && component.unknownBits[i] != 0;
            }
        }
        return useful ? new JpegSmoothing(frame) : null;
    }

    /**
     * Fills in what is unknown and zero in a block, whose coefficients are in natural order and not yet dequantised.
     */
    void estimate(JpegComponent component, int row, int column, int[] block) {
        int mcuRow = row / component.v;
        // Where the last scan broke off, what was unknown before it still is.
        boolean brokeOff = mcuRow > frame.lastGoodRow;
        var unknown = !brokeOff
                ? component.unknownBits
                : frame.scans > 1 ? component.unknownBitsBefore : NOTHING_KNOWN;
        boolean meansOnly = true;
        for (int i = 1; i < ESTIMATED; i++) {
            meansOnly &= unknown[i] == -1;
        }
        gatherMeans(component, mcuRow, row, column);
        for (int i = meansOnly ? 0 : 1; i < (meansOnly ? ESTIMATED : WITH_SOME_KNOWN); i++) {
            int at = JpegScan.NATURAL_ORDER[i];
            if (i == 0 || unknown[i] != 0 && block[at] == 0) {
                block[at] = (short) estimate(component, meansOnly ? MEANS_ONLY[i] : SOME_KNOWN[i], i, unknown[i]);
            }
        }
    }

    private int estimate(JpegComponent component, int[] weights, int coefficient, int unknownBits) {
        long sum = 0;
        for (int i = 0; i < 25; i++) {
            sum += (long) weights[i] * means[i];
        }
        sum *= component.quant[0];
        long quant = component.quant[coefficient];
        long size = ((quant << 7) + Math.abs(sum)) / (quant << 8);
        // What is known of the coefficient is that it is less than this.
        if (coefficient > 0 && unknownBits > 0) {
            size = Math.min(size, (1L << unknownBits) - 1);
        }
        return (int) (sum < 0 ? -size : size);
    }

    private void gatherMeans(JpegComponent component, int mcuRow, int row, int column) {
        // libjpeg counts rows as if every row of MCUs had as many block rows as this one, which the last may not.
        int rowsHere = mcuRow < frame.mcuRows - 1 ? component.v : (component.blockRows - 1) % component.v + 1;
        int counted = mcuRow * rowsHere + row % component.v;
        int above = Math.min(counted, 2);
        int below = Math.min(rowsHere * frame.mcuRows - 1 - counted, 2);
        for (int y = -2; y <= 2; y++) {
            int from = (row + Math.clamp(y, -above, below)) * component.storedColumns;
            for (int x = -2; x <= 2; x++) {
                int at = from + Math.clamp(column + x, 0, component.blockColumns - 1);
                means[5 * (y + 2) + x + 2] = component.coefficients[64 * at];
            }
        }
    }
}
