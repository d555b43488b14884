// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A position in a range of bytes; reading past its end is {@link CodecException.Kind#TRUNCATED}, never an index error.
 */
final class ByteInput {
    private static final VarHandle SHORT_LE = view(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT_BE = view(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT_LE = view(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT_BE = view(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG_LE = view(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG_BE = view(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] data;
    private final int limit;
    private final boolean bigEndian;
    private int position;

    private ByteInput(byte[] data, int from, int limit, boolean bigEndian) {
        this.data = data;
        this.position = from;
        this.limit = limit;
        this.bigEndian = bigEndian;
    }

    static ByteInput bigEndian(byte[] data) {
        return new ByteInput(data, 0, data.length, true);
    }

    static ByteInput littleEndian(byte[] data) {
        return new ByteInput(data, 0, data.length, false);
    }

    private static VarHandle view(Class<?> arrayType, ByteOrder order) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, order);
    }

    /** The next {@code length} bytes as an input of their own, which this one then stands behind. */
    ByteInput slice(long length) throws CodecException {
        int from = claim(length);
        return new ByteInput(data, from, position, bigEndian);
    }

    byte[] array() {
        return data;
    }

    int position() {
        return position;
    }

    int remaining() {
        return limit - position;
    }

    void seek(long to) throws CodecException {
        if (to < 0 || to > limit) {
            throw CodecException.truncated("it points to byte " + to + " of " + limit);
        }
        position = (int) to;
    }

    void skip(long length) throws CodecException {
        claim(length);
    }

    int u8() throws CodecException {
        return data[claim(1)] & 0xff;
    }

    int u16() throws CodecException {
        int at = claim(2);
        return (bigEndian ? (short) SHORT_BE.get(data, at) : (short) SHORT_LE.get(data, at)) & 0xffff;
    }

    int u24() throws CodecException {
        int a = u8();
        int b = u8();
        int c = u8();
        return bigEndian ? a << 16 | b << 8 | c : c << 16 | b << 8 | a;
    }

    int i32() throws CodecException {
        int at = claim(4);
        return bigEndian ? (int) INT_BE.get(data, at) : (int) INT_LE.get(data, at);
    }

    long u32() throws CodecException {
        return i32() & 0xffffffffL;
    }

    long i64() throws CodecException {
        int at = claim(8);
        return bigEndian ? (long) LONG_BE.get(data, at) : (long) LONG_LE.get(data, at);
    }

    byte[] bytes(int length) throws CodecException {
        var out = new byte[Math.min(length, remaining())];
        System.arraycopy(data, claim(length), out, 0, length);
        return out;
    }

    /** Whether the bytes at the position are these ASCII characters; does not move. */
    boolean startsWith(String ascii) {
        return startsWith(data, position, limit, ascii);
    }

    static boolean startsWith(byte[] data, int from, int limit, String ascii) {
        if (limit - from < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if ((data[from + i] & 0xff) != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The next bytes as text, one character each. */
    String latin1(int length) throws CodecException {
        return new String(data, claim(length), length, StandardCharsets.ISO_8859_1);
    }

    private int claim(long length) throws CodecException {
        int at = position;
        if (length < 0 || length > limit - at) {
            throw CodecException.truncated(
                    "it ends at byte " + limit + " where " + length + " bytes from byte " + at + " on were announced");
        }
        position = at + (int) length;
        return at;
    }
}
