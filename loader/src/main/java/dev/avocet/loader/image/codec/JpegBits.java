// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The entropy-coded bits of a scan, up to the next marker. What is read beyond it is zeros, as in libjpeg: damaged
 * pictures are decoded as far as they go.
 */
final class JpegBits {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;

    private final byte[] data;
    private int position;
    private long buffer;
    private int count;
    private int padding;

    JpegBits(byte[] data, int position) {
        this.data = data;
        this.position = position;
    }

    byte[] data() {
        return data;
    }

    /** The position of the next byte that is not in the buffer; at a marker, that of its 0xff. */
    int position() {
        return position;
    }

    /** Drops what is in the buffer and goes on at another position. */
    void restart(int at) {
        position = at;
        buffer = 0;
        count = 0;
        padding = 0;
    }

    /** Whether zeros from behind the data have been used. */
    boolean isExhausted() {
        return count < padding;
    }

    /** The next symbol; 0 when the bits are no code, as in libjpeg. */
    int symbol(JpegHuffmanTable table) throws CodecException {
        if (count < 32) {
            refill();
        }
        int entry = table.lookup[(int) (buffer >>> count - JpegHuffmanTable.LOOKAHEAD)
                & (1 << JpegHuffmanTable.LOOKAHEAD) - 1];
        if (entry != 0) {
            count -= entry >> 8;
            return entry & 0xff;
        }
        return longSymbol(table);
    }

    private int longSymbol(JpegHuffmanTable table) {
        int length = JpegHuffmanTable.LOOKAHEAD + 1;
        int code = (int) (buffer >>> count - length) & (1 << length) - 1;
        while (code > table.maxCode[length]) {
            length++;
            code = (int) (buffer >>> count - length) & (1 << length) - 1;
        }
        count -= Math.min(length, 17);
        if (length > 16) {
            return 0;
        }
        int index = code + table.symbolOffset[length];
        return index < table.symbols.length ? table.symbols[index] & 0xff : 0;
    }

    /** The next bits, at most 16, right after a symbol. */
    int afterSymbol(int bits) {
        count -= bits;
        return (int) (buffer >>> count) & (1 << bits) - 1;
    }

    /** The next bits, at most 16, as the signed value that JPEG writes with so many, right after a symbol. */
    int signedAfterSymbol(int bits) {
        int value = afterSymbol(bits);
        // Values whose first bit is 0 are negative: they count up from -(2^bits - 1).
        return value + ((value >> bits - 1) - 1 & 1 - (1 << bits));
    }

    /** The next bits, at most 16. */
    int bits(int bits) throws CodecException {
        if (count < bits) {
            refill();
        }
        return afterSymbol(bits);
    }

    private void refill() throws CodecException {
        if (position + 8 <= data.length) {
            long next = (long) LONG.get(data, position);
            boolean has0xff = ((~next - LOW_BITS) & next & LOW_BITS << 7) != 0;
            if (!has0xff && padding == 0) {
                int bytes = 63 - count >> 3;
                buffer = buffer << 8 * bytes | next >>> 64 - 8 * bytes;
                count += 8 * bytes;
                position += bytes;
                return;
            }
        }
        while (count <= 48) {
            int value = padding == 0 ? nextByte() : -1;
            if (value < 0) {
                padding += 8;
                value = 0;
            }
            buffer = buffer << 8 | value;
            count += 8;
        }
    }

    /** The next byte, or -1 before a marker. */
    private int nextByte() throws CodecException {
        if (position >= data.length) {
            throw CodecException.truncated("its pixel data end too early");
        }
        int value = data[position] & 0xff;
        if (value == 0xff) {
            int next = position + 1;
            while (next < data.length && data[next] == (byte) 0xff) {
                next++;
            }
            if (next >= data.length) {
                throw CodecException.truncated("its pixel data end too early");
            }
            if (data[next] != 0) {
                return -1;
            }
            position = next + 1;
            return value;
        }
        position++;
        return value;
    }
}
