// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/** The fax codings of bilevel pictures (ITU-T T.4 and T.6), as TIFF stores them: 0 is white, 1 is black. */
final class FaxDecoder {
    /** How rows are coded. */
    enum Mode {
        /** As runs, each row from a new byte on. */
        RUNS,
        /** As runs, between end-of-line codes (group 3). */
        ONE_DIMENSION,
        /** As runs or as changes against the row above, as a bit behind each end-of-line code says (group 3). */
        TAGGED,
        /** All as changes against the row above (group 4). */
        TWO_DIMENSIONS
    }

    private static final int LONGEST_CODE = 13;
    private static final int MAKE_UP = 64;

    private static final String[] WHITE_CODES = """
            00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101
            101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000
            00000010 00000011 00011010 00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000
            00101001 00101010 00101011 00101100 00101101 00000100 00000101 00001010 00001011 01010010 01010011
            01010100 01010101 00100100 00100101 01011000 01011001 01011010 01011011 01001010 01001011 00110010
            00110011 00110100
            11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101
            011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011
            010011000 010011001 010011010 011000 010011011""".strip().split("\\s+");

    private static final String[] BLACK_CODES = """
            0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000
            0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111
            00000011000 000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 000001101010
            000001101011 000011010010 000011010011 000011010100 000011010101 000011010110 000011010111 000001101100
            000001101101 000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 000001100100
            000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000
            000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111
            0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100
            0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011
            0000001110100 0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100
            0000001010101 0000001011010 0000001011011 0000001100100 0000001100101""".strip().split("\\s+");

    /** Runs from 1792 on, of either colour. */
    private static final String[] LONG_CODES = """
            00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110
            000000010111 000000011100 000000011101 000000011110 000000011111""".strip().split("\\s+");

    // By the next 13 bits: length of the code << 16 | run, or 0 where no code begins.
    private static final int[][] RUNS = {runs(WHITE_CODES), runs(BLACK_CODES)};

    private final byte[] data;
    private final int columns;
    private final Mode mode;
    private long bit;

    // Where the colour changes in this row and the one above, from white on, with the row's end three times behind.
    private int[] changes;
    private int[] above;
    private int count;

    FaxDecoder(byte[] data, int columns, Mode mode) {
        this.data = data;
        this.columns = columns;
        this.mode = mode;
        this.changes = new int[columns + 4];
        this.above = new int[columns + 4];
    }

    private static int[] runs(String[] codes) {
        var table = new int[1 << LONGEST_CODE];
        for (int i = 0; i < codes.length; i++) {
            enter(table, codes[i], i < MAKE_UP ? i : (i - MAKE_UP + 1) * MAKE_UP);
        }
        for (int i = 0; i < LONG_CODES.length; i++) {
            enter(table, LONG_CODES[i], 1792 + MAKE_UP * i);
        }
        return table;
    }

    private static void enter(int[] table, String code, int run) {
        int free = LONGEST_CODE - code.length();
        int first = Integer.parseInt(code, 2) << free;
        Arrays.fill(table, first, first + (1 << free), code.length() << 16 | run);
    }

    byte[] decode(int rows) throws CodecException {
        int rowBytes = (columns + 7) / 8;
        var out = new byte[rows * rowBytes];
        endRow();
        for (int y = 0; y < rows; y++) {
            var swap = above;
            above = changes;
            changes = swap;
            count = 0;
            if (startRowInTwoDimensions()) {
                decodeChanges();
            } else {
                decodeRuns();
            }
            endRow();
            for (int i = 0; i < count; i += 2) {
                blacken(out, y * rowBytes, changes[i], i + 1 < count ? changes[i + 1] : columns);
            }
        }
        return out;
    }

    private void endRow() {
        for (int i = 0; i < 3; i++) {
            changes[count + i] = columns;
        }
    }

    private boolean startRowInTwoDimensions() throws CodecException {
        if (mode == Mode.RUNS) {
            bit = bit + 7 & ~7L;
            return false;
        }
        if (mode == Mode.TWO_DIMENSIONS) {
            return true;
        }
        boolean tagged = false;
        if (peek(11) == 0) {
            while (peek(1) == 0) {
                skip(1);
            }
            skip(1);
            tagged = mode == Mode.TAGGED && peek(1) == 0;
            bit += mode == Mode.TAGGED ? 1 : 0;
        }
        return tagged;
    }

    private static void blacken(byte[] out, int row, int from, int to) {
        for (int x = from; x < to; x++) {
            if ((x & 7) == 0 && x + 8 <= to) {
                out[row + (x >> 3)] = (byte) 0xff;
                x += 7;
            } else {
                out[row + (x >> 3)] |= (byte) (0x80 >> (x & 7));
            }
        }
    }

    private void decodeRuns() throws CodecException {
        int at = 0;
        int colour = 0;
        do {
            at += run(colour);
            add(at);
            colour ^= 1;
        } while (at < columns);
    }

    private void decodeChanges() throws CodecException {
        int at = -1;
        int colour = 0;
        int next = 0;
        while (at < columns) {
            // The next change above that is to the right of here and to the other colour.
            next = Math.max(0, next - 2);
            next += (next ^ colour) & 1;
            while (above[next] <= at && above[next] < columns) {
                next += 2;
            }
            int change = above[next];
            if (peek(1) == 1) {
                skip(1);
                at = vertical(change, at);
                colour ^= 1;
            } else if (peek(3) == 0b011 || peek(3) == 0b010) {
                at = vertical(change + (peek(3) == 0b011 ? 1 : -1), at);
                skip(3);
                colour ^= 1;
            } else if (peek(3) == 0b001) {
                skip(3);
                at = Math.max(at, 0) + run(colour);
                add(at);
                at += run(colour ^ 1);
                add(at);
            } else if (peek(4) == 0b0001) {
                skip(4);
                at = above[next + 1];
            } else if (peek(6) >> 1 == 0b00001) {
                at = vertical(change + (peek(6) == 0b000011 ? 2 : -2), at);
                skip(6);
                colour ^= 1;
            } else if (peek(7) >> 1 == 0b000001) {
                at = vertical(change + (peek(7) == 0b0000011 ? 3 : -3), at);
                skip(7);
                colour ^= 1;
            } else if (peek(11) == 0) {
                throw CodecException.truncated("its fax coding ends too early");
            } else {
                throw CodecException.corrupt("its fax coding has a code that does not exist");
            }
        }
    }

    private int vertical(int to, int from) throws CodecException {
        if (to < from) {
            throw CodecException.corrupt("its fax coding goes backwards");
        }
        add(to);
        return to;
    }

    private void add(int change) throws CodecException {
        if (change < 0 || change > columns || count >= columns + 1) {
            throw CodecException.corrupt("its fax coding has a row of more than " + columns + " pixels");
        }
        changes[count++] = change;
    }

    private int run(int colour) throws CodecException {
        int total = 0;
        while (true) {
            int entry = RUNS[colour][peek(LONGEST_CODE)];
            if (entry == 0) {
                throw CodecException.corrupt("its fax coding has a code that does not exist");
            }
            skip(entry >> 16);
            int run = entry & 0xffff;
            total += run;
            if (run < MAKE_UP) {
                return total;
            }
            if (total > columns) {
                throw CodecException.corrupt("its fax coding has a row of more than " + columns + " pixels");
            }
        }
    }

    /** The next bits without moving; zeros behind the end. */
    private int peek(int bits) {
        int value = 0;
        int first = (int) (bit >> 3);
        for (int i = first; i < first + 3; i++) {
            value = value << 8 | (i < data.length ? data[i] & 0xff : 0);
        }
        return value >> 24 - (int) (bit & 7) - bits & (1 << bits) - 1;
    }

    private void skip(int bits) throws CodecException {
        bit += bits;
        if (bit > 8L * data.length) {
            throw CodecException.truncated("its fax coding ends too early");
        }
    }
}
