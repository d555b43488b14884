// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** A canonical prefix code of a VP8L stream (RFC 9649, section 3.7.2), in two levels of tables. */
final class Vp8lCode {
    static final int LONGEST = 15;

    private static final int ROOT = 8;
    private static final int LINK = 1 << 31;

    // By the next bits, lowest first: length of the code << 16 | symbol; or LINK | bits of the second level << 16 |
    // start.
    private final int[] table;
    private final int rootBits;

    private Vp8lCode(int[] table, int rootBits) {
        this.table = table;
        this.rootBits = rootBits;
    }

    /** The code with these lengths, of which 0 means that there is no such symbol. */
    static Vp8lCode of(int[] lengths) throws CodecException {
        var counts = new int[LONGEST + 1];
        int symbols = 0;
        int last = 0;
        int longest = 0;
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] > 0) {
                counts[lengths[i]]++;
                symbols++;
                last = i;
                longest = Math.max(longest, lengths[i]);
            }
        }
        if (symbols == 1) {
            // An only symbol takes no bits.
            return new Vp8lCode(new int[] {last}, 0);
        }
        var next = new int[LONGEST + 1];
        int code = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code <<= 1;
            next[length] = code;
            code += counts[length];
        }
        if (code != 1 << LONGEST) {
            throw CodecException.corrupt("one of its prefix codes is not complete");
        }
        int rootBits = Math.min(ROOT, longest);
        return new Vp8lCode(fill(lengths, next, rootBits), rootBits);
    }

    private static int[] fill(int[] lengths, int[] next, int rootBits) {
        int roots = 1 << rootBits;
        var codes = new int[lengths.length];
        var secondBits = new int[roots];
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] > 0) {
                codes[i] = Integer.reverse(next[lengths[i]]++) >>> 32 - lengths[i];
                int root = codes[i] & roots - 1;
                secondBits[root] = Math.max(secondBits[root], lengths[i] - rootBits);
            }
        }
        int size = roots;
        for (int bits : secondBits) {
            size += bits > 0 ? 1 << bits : 0;
        }
        var table = new int[size];
        int start = roots;
        for (int root = 0; root < roots; root++) {
            if (secondBits[root] > 0) {
                table[root] = LINK | secondBits[root] << 16 | start;
                start += 1 << secondBits[root];
            }
        }
        for (int i = 0; i < lengths.length; i++) {
            int length = lengths[i];
            if (length > rootBits) {
                int link = table[codes[i] & roots - 1];
                for (int at = codes[i] >> rootBits; at < 1 << (link >> 16 & 15); at += 1 << length - rootBits) {
                    table[(link & 0xffff) + at] = length << 16 | i;
                }
            } else if (length > 0) {
                for (int at = codes[i]; at < roots; at += 1 << length) {
                    table[at] = length << 16 | i;
                }
            }
        }
        return table;
    }

    /** Given the next bits: the length of the code that they begin with, times 2^16, and its symbol. */
    int lookUp(int bits) {
        int entry = table[bits & (1 << rootBits) - 1];
        if (entry < 0) {
            int second = bits >>> rootBits & (1 << (entry >> 16 & 15)) - 1;
            entry = table[(entry & 0xffff) + second];
        }
        return entry;
    }
}
