// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** The bits of a VP8L stream, lowest first. */
final class Vp8lBits {
    private final byte[] data;
    private final int limit;
    private int position;
    private long buffer;
    private int count;

    Vp8lBits(byte[] data, int from, int limit) {
        this.data = data;
        this.position = from;
        this.limit = limit;
    }

    /** The next bits, at most 16, as a number. */
    int number(int bits) throws CodecException {
        if (count < bits) {
            fill();
            if (count < bits) {
                throw CodecException.truncated("its VP8L data end too early");
            }
        }
        int value = (int) buffer & (1 << bits) - 1;
        buffer >>>= bits;
        count -= bits;
        return value;
    }

    boolean flag() throws CodecException {
        return number(1) != 0;
    }

    /** The next symbol of a code. */
    int symbol(Vp8lCode code) throws CodecException {
        if (count < Vp8lCode.LONGEST) {
            fill();
        }
        int entry = code.lookUp((int) buffer);
        int length = entry >>> 16;
        if (length > count) {
            throw CodecException.truncated("its VP8L data end too early");
        }
        buffer >>>= length;
        count -= length;
        return entry & 0xffff;
    }

    private void fill() {
        while (count <= 48 && position < limit) {
            buffer |= (data[position++] & 0xffL) << count;
            count += 8;
        }
    }
}
