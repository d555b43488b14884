// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Structures in Thrift's compact protocol, in which parquet has its footers and page headers. */
final class Thrift {
    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;

    private final ByteArrayOutputStream out;
    private int last;

    private Thrift(ByteArrayOutputStream out) {
        this.out = out;
    }

    /** A structure whose fields are written in the order of their numbers. */
    static byte[] bytes(Consumer<Thrift> fields) {
        var out = new ByteArrayOutputStream();
        struct(out, fields);
        return out.toByteArray();
    }

    private static void struct(ByteArrayOutputStream out, Consumer<Thrift> fields) {
        fields.accept(new Thrift(out));
        out.write(0);
    }

    void i32(int field, int value) {
        begin(field, I32);
        varint(zigzag(value));
    }

    void i64(int field, long value) {
        begin(field, I64);
        varint(zigzag(value));
    }

    void text(int field, String value) {
        binary(field, value.getBytes(StandardCharsets.UTF_8));
    }

    void binary(int field, byte[] value) {
        begin(field, BINARY);
        varint(value.length);
        out.writeBytes(value);
    }

    void struct(int field, Consumer<Thrift> fields) {
        begin(field, STRUCT);
        struct(out, fields);
    }

    <T> void structs(int field, List<T> values, BiConsumer<Thrift, T> fields) {
        list(field, STRUCT, values.size());
        values.forEach(each -> struct(out, inner -> fields.accept(inner, each)));
    }

    void texts(int field, List<String> values) {
        list(field, BINARY, values.size());
        for (var value : values) {
            var bytes = value.getBytes(StandardCharsets.UTF_8);
            varint(bytes.length);
            out.writeBytes(bytes);
        }
    }

    void i32s(int field, int... values) {
        list(field, I32, values.length);
        for (int value : values) {
            varint(zigzag(value));
        }
    }

    private void list(int field, int type, int size) {
        begin(field, LIST);
        if (size < 15) {
            out.write(size << 4 | type);
        } else {
            out.write(0xF0 | type);
            varint(size);
        }
    }

    /** A field's number as its distance from the one before, of which none is so far that it needs the long form. */
    private void begin(int field, int type) {
        out.write(field - last << 4 | type);
        last = field;
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
