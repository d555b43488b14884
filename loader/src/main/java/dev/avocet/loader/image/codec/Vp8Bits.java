// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** VP8's boolean entropy decoder (RFC 6386, section 7) over one partition. */
final class Vp8Bits {
    private final byte[] data;
    private final int limit;
    private int position;
    private int value;
    private int bits = -8;
    /** The width of the current interval minus one, 127 to 254. */
    private int range = 254;

    Vp8Bits(byte[] data, int from, int limit) {
        this.data = data;
        this.position = from;
        this.limit = limit;
    }

    /** The next decision, which is 0 with this probability in 256. */
    int bit(int probability) throws CodecException {
        if (bits < 0) {
            load();
        }
        int split = range * probability >> 8;
        int result;
        if (value >> bits > split) {
            range -= split + 1;
            value -= split + 1 << bits;
            result = 1;
        } else {
            range = split;
            result = 0;
        }
        // The interval is doubled until it fills its eight bits again.
        int shift = Integer.numberOfLeadingZeros(range + 1) - 24;
        if (shift > 0) {
            range = (range + 1 << shift) - 1;
            bits -= shift;
        }
        return result;
    }

    boolean flag() throws CodecException {
        return bit(128) != 0;
    }

    /** A number of so many bits, highest first. */
    int number(int count) throws CodecException {
        int number = 0;
        for (int i = 0; i < count; i++) {
            number = number << 1 | bit(128);
        }
        return number;
    }

    /** A number and its sign behind it. */
    int signed(int count) throws CodecException {
        int number = number(count);
        return flag() ? -number : number;
    }

    /** A {@link #signed} number where a flag says that it is there, else 0. */
    int optionalSigned(int count) throws CodecException {
        return flag() ? signed(count) : 0;
    }

    private void load() throws CodecException {
        // Two bytes at a time, which leaves the value below 2^24.
        for (int i = 0; i < 2 && (bits < 0 || position < limit); i++) {
            if (position >= limit) {
                throw CodecException.truncated("its VP8 data end too early");
            }
            value = value << 8 | data[position++] & 0xff;
            bits += 8;
        }
    }
}
