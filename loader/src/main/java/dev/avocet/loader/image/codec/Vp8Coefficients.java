// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/** The coefficients of a VP8 frame's macroblocks (RFC 6386, section 13), dequantised as they are read. */
final class Vp8Coefficients {
    /**
     * The factors of a segment, for the first coefficient of a block and for the others.
     *
     * @param y1 luma
     * @param y2 the means of a macroblock's luma blocks, where they are coded apart
     * @param uv chroma
     */
    record Quantiser(int[] y1, int[] y2, int[] uv) {}

    // The four types of blocks, by which probabilities are kept.
    private static final int LUMA_WITHOUT_MEAN = 0;
    private static final int MEANS = 1;
    private static final int CHROMA = 2;
    private static final int LUMA = 3;

    private static final int BLOCKS = 24;
    /** Per macroblock: 4 edges of luma blocks, 2 of each chroma, 1 of the means. */
    private static final int EDGES = 9;

    private final int[] probabilities = new int[Vp8Tables.COEFFICIENTS.length];
    private final short[] values = new short[16 * BLOCKS];
    private final short[] means = new short[16];
    // Whether the blocks above and to the left have coefficients.
    private int[] above = new int[0];
    private final int[] left = new int[EDGES];
    private boolean empty;

    Vp8Coefficients(Vp8Bits bits) throws CodecException {
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = bits.bit(Vp8Tables.COEFFICIENT_UPDATES[i]) != 0
                    ? bits.number(8)
                    : Vp8Tables.COEFFICIENTS[i];
        }
    }

    void startRow(int columns) {
        if (above.length == 0) {
            above = new int[EDGES * columns];
        }
        Arrays.fill(left, 0);
    }

    /** The 16 coefficients of each block, row by row: 16 of luma, 4 of each chroma. */
    short[] values() {
        return values;
    }

    boolean isEmpty() {
        return empty;
    }

    /** A macroblock without coefficients; returns true as {@link #read} does for one that turns out to have none. */
    boolean skip(int column, boolean blockModes) {
        int edges = EDGES * column;
        int kept = blockModes ? EDGES - 1 : EDGES;
        Arrays.fill(above, edges, edges + kept, 0);
        Arrays.fill(left, 0, kept, 0);
        empty = true;
        return true;
    }

    /** Reads a macroblock's coefficients and returns whether there were none. */
    boolean read(Vp8Bits bits, int column, boolean blockModes, Quantiser quantiser) throws CodecException {
        int edges = EDGES * column;
        Arrays.fill(values, (short) 0);
        int first = 0;
        int type = LUMA;
        if (!blockModes) {
            Arrays.fill(means, (short) 0);
            int count = readBlock(bits, MEANS, above[edges + 8] + left[8], quantiser.y2, 0, means, 0);
            above[edges + 8] = left[8] = count > 0 ? 1 : 0;
            Vp8Transform.spreadMeans(means, values);
            first = 1;
            type = LUMA_WITHOUT_MEAN;
        }
        boolean none = readBlocks(bits, type, edges, 0, 4, first, quantiser.y1, 0);
        none &= readBlocks(bits, CHROMA, edges, 4, 2, 0, quantiser.uv, 16);
        none &= readBlocks(bits, CHROMA, edges, 6, 2, 0, quantiser.uv, 20);
        empty = none;
        return none;
    }

    /** Reads a square of blocks; true when they have no coefficients, also no means that came before. */
    private boolean readBlocks(Vp8Bits bits, int type, int edges, int edge, int side, int first, int[] quantiser,
            int firstBlock) throws CodecException {
        boolean none = true;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int at = 16 * (firstBlock + side * y + x);
                int context = above[edges + edge + x] + left[edge + y];
                int count = readBlock(bits, type, context, quantiser, first, values, at);
                above[edges + edge + x] = left[edge + y] = count > first ? 1 : 0;
                none &= count <= 1 && values[at] == 0;
            }
        }
        return none;
    }

    /** Reads one block and returns the position behind its last coefficient. */
    private int readBlock(Vp8Bits bits, int type, int context, int[] quantiser, int first, short[] into, int at)
            throws CodecException {
        int position = first;
        int p = probabilitiesOf(type, position, context);
        while (position < 16) {
            if (bits.bit(probabilities[p]) == 0) {
                return position;
            }
            while (bits.bit(probabilities[p + 1]) == 0) {
                position++;
                if (position == 16) {
                    return 16;
                }
                p = probabilitiesOf(type, position, 0);
            }
            int size = bits.bit(probabilities[p + 2]) == 0 ? 1 : large(bits, p);
            int value = bits.flag() ? -size : size;
            into[at + Vp8Tables.ZIGZAG[position]] = (short) (value * quantiser[position > 0 ? 1 : 0]);
            position++;
            p = probabilitiesOf(type, position, size > 1 ? 2 : 1);
        }
        return 16;
    }

    private static int probabilitiesOf(int type, int position, int context) {
        return 11 * (3 * (8 * type + Vp8Tables.BANDS[position]) + context);
    }

    /** A value of 2 or more. */
    private int large(Vp8Bits bits, int p) throws CodecException {
        if (bits.bit(probabilities[p + 3]) == 0) {
            if (bits.bit(probabilities[p + 4]) == 0) {
                return 2;
            }
            return 3 + bits.bit(probabilities[p + 5]);
        }
        if (bits.bit(probabilities[p + 6]) == 0) {
            if (bits.bit(probabilities[p + 7]) == 0) {
                return 5 + bits.bit(159);
            }
            int high = bits.bit(165);
            return 7 + 2 * high + bits.bit(145);
        }
        int high = bits.bit(probabilities[p + 8]);
        int category = 2 * high + bits.bit(probabilities[p + 9 + high]);
        int value = 0;
        for (int probability : Vp8Tables.LARGE_VALUES[category]) {
            value = 2 * value + bits.bit(probability);
        }
        return value + 3 + (8 << category);
    }
}
