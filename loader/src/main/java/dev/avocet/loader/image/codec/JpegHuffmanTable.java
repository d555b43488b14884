// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** A Huffman table (ITU-T T.81, annex C and F.2.2.3), with all codes of up to nine bits in a table of their own. */
final class JpegHuffmanTable {
    static final int LOOKAHEAD = 9;

    /** By the next nine bits: {@code length << 8 | symbol}, or 0 when the code is longer. */
    final short[] lookup = new short[1 << LOOKAHEAD];

    /** The largest code of each length, or -1; the one of length 17 ends every search. */
    final int[] maxCode = new int[18];

    /** What to add to a code of each length to get the index of its symbol. */
    final int[] symbolOffset = new int[17];

    final byte[] symbols;

    /**
     * A table from the number of codes of each length, 1 to 16, and the symbols in the order of their codes.
     *
     * @param dc whether symbols are sizes of DC differences, which end at 15
     */
    JpegHuffmanTable(int[] counts, byte[] symbols, boolean dc) throws CodecException {
        this.symbols = symbols;
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++) {
            symbolOffset[length] = index - code;
            for (int i = 0; i < counts[length]; i++, code++, index++) {
                if (length <= LOOKAHEAD) {
                    int first = code << LOOKAHEAD - length;
                    int entry = length << 8 | symbols[index] & 0xff;
                    for (int rest = 0; rest < 1 << LOOKAHEAD - length && first + rest < lookup.length; rest++) {
                        lookup[first + rest] = (short) entry;
                    }
                }
                if (dc && (symbols[index] & 0xff) > 15) {
                    throw CodecException
                            .corrupt("a Huffman table for DC values has the size " + (symbols[index] & 0xff));
                }
            }
            maxCode[length] = counts[length] == 0 ? -1 : code - 1;
            // No code may be all ones.
            if (counts[length] > 0 && code >= 1 << length) {
                throw CodecException.corrupt("a Huffman table has more codes than fit into " + length + " bits");
            }
            code <<= 1;
        }
        maxCode[17] = Integer.MAX_VALUE;
    }
}
