// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/** The prediction modes of the macroblocks of a VP8 key frame (RFC 6386, sections 8, 9.3 and 11). */
final class Vp8Modes {
    static final int DC = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;
    static final int DOWN_RIGHT = 4;
    static final int VERTICAL_RIGHT = 5;
    static final int DOWN_LEFT = 6;
    static final int VERTICAL_LEFT = 7;
    static final int HORIZONTAL_DOWN = 8;
    static final int HORIZONTAL_UP = 9;

    private final Vp8Bits bits;
    private final int[] segmentProbabilities;
    private final int skipProbability;
    private final boolean skips;
    // The modes of the blocks above and to the left, four for each macroblock.
    private final int[] above;
    private final int[] left = new int[4];
    private final int[] blockModes = new int[16];
    private boolean perBlock;
    private boolean skipped;
    private int segment;
    private int chroma;

    /** @param segmentProbabilities null when all macroblocks are in segment 0 */
    Vp8Modes(Vp8Bits bits, int columns, int[] segmentProbabilities) throws CodecException {
        this.bits = bits;
        this.segmentProbabilities = segmentProbabilities;
        this.above = new int[4 * columns];
        this.skips = bits.flag();
        this.skipProbability = skips ? bits.number(8) : 0;
    }

    void startRow() {
        Arrays.fill(left, DC);
    }

    void read(int column) throws CodecException {
        segment = 0;
        if (segmentProbabilities != null) {
            int high = bits.bit(segmentProbabilities[0]);
            segment = 2 * high + bits.bit(segmentProbabilities[1 + high]);
        }
        skipped = skips && bits.bit(skipProbability) != 0;
        perBlock = bits.bit(145) == 0;
        if (perBlock) {
            readBlockModes(4 * column);
        } else {
            int mode = bits.bit(156) != 0
                    ? bits.bit(128) != 0 ? TRUE_MOTION : HORIZONTAL
                    : bits.bit(163) != 0 ? VERTICAL : DC;
            blockModes[0] = mode;
            Arrays.fill(above, 4 * column, 4 * column + 4, mode);
            Arrays.fill(left, mode);
        }
        chroma = bits.bit(142) == 0
                ? DC
                : bits.bit(114) == 0
                        ? VERTICAL
                        : bits.bit(183) != 0 ? TRUE_MOTION : HORIZONTAL;
    }

    private void readBlockModes(int firstAbove) throws CodecException {
        for (int y = 0; y < 4; y++) {
            int mode = left[y];
            for (int x = 0; x < 4; x++) {
                mode = readBlockMode(9 * (10 * above[firstAbove + x] + mode));
                above[firstAbove + x] = mode;
                blockModes[4 * y + x] = mode;
            }
            left[y] = mode;
        }
    }

    private int readBlockMode(int p) throws CodecException {
        var table = Vp8Tables.BLOCK_MODES;
        if (bits.bit(table[p]) == 0) {
            return DC;
        } else if (bits.bit(table[p + 1]) == 0) {
            return TRUE_MOTION;
        } else if (bits.bit(table[p + 2]) == 0) {
            return VERTICAL;
        } else if (bits.bit(table[p + 3]) == 0) {
            if (bits.bit(table[p + 4]) == 0) {
                return HORIZONTAL;
            }
            return bits.bit(table[p + 5]) == 0 ? DOWN_RIGHT : VERTICAL_RIGHT;
        } else if (bits.bit(table[p + 6]) == 0) {
            return DOWN_LEFT;
        } else if (bits.bit(table[p + 7]) == 0) {
            return VERTICAL_LEFT;
        }
        return bits.bit(table[p + 8]) == 0 ? HORIZONTAL_DOWN : HORIZONTAL_UP;
    }

    /** Whether each 4 x 4 block of luma has its own mode. */
    boolean hasBlockModes() {
        return perBlock;
    }

    /** Whether the macroblock has no coefficients. */
    boolean isSkipped() {
        return skipped;
    }

    int segment() {
        return segment;
    }

    /** The mode of a block of luma, or that of all luma for block 0. */
    int luma(int block) {
        return blockModes[block];
    }

    int chroma() {
        return chroma;
    }
}
