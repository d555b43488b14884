// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.xerial.snappy.Snappy;

/** The values of one column in one row group, page by page, encoded plainly: their levels, then the values themselves. */
final class ChunkWriter {
    private static final int PAGE_BYTES = 1 << 20;
    private static final int PAGE_ROWS = 20_000;
    private static final int PLAIN = 0;
    private static final int RLE = 3;

    private final Column column;
    /** The level of a value that is there; one less for each part of its path that is missing. */
    private final int depth;
    private final boolean isPacked;
    private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
    private final Levels repetitions = new Levels();
    private final Levels definitions = new Levels();
    private final ValueRange range;
    private ByteBuffer plain = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
    private int bit;
    private int pageRows;
    private int pageValues;
    private long values;
    private long unpackedBytes;

    ChunkWriter(Column column, int depth, boolean isPacked) {
        this.column = column;
        this.depth = depth;
        this.isPacked = isPacked;
        this.range = new ValueRange(column);
    }

    /** What a chunk's footer says. */
    record Summary(long values, long packedBytes, long unpackedBytes, ValueRange range) {}

    /** Takes a row's value; null where it is missing. */
    void add(Object value) {
        if (value == null) {
            missing();
        } else if (column.isList()) {
            addList(value);
        } else {
            repeat(0, depth);
            put(value);
        }
        pageRows++;
        if (pageRows == PAGE_ROWS || plain.position() >= PAGE_BYTES) {
            endPage();
        }
    }

    private void missing() {
        if (!column.isOptional()) {
            throw new ParquetException("the column " + column.name() + " needs a value in each row");
        }
        repeat(0, depth - (column.isList() ? 2 : 1));
        range.addMissing();
    }

    private void addList(Object list) {
        int length = Array.getLength(list);
        if (length == 0) {
            repeat(0, depth - 1);
            return;
        }
        for (int i = 0; i < length; i++) {
            repeat(i == 0 ? 0 : 1, depth);
        }
        switch (list) {
            case int[] all -> Arrays.stream(all).forEach(this::putInt);
            case long[] all -> Arrays.stream(all).forEach(this::putLong);
            case float[] all -> {
                for (float each : all) {
                    putFloat(each);
                }
            }
            case double[] all -> Arrays.stream(all).forEach(this::putDouble);
            case Object[] all -> Arrays.stream(all).forEach(this::put);
            default -> throw wrong(list);
        }
    }

    private void repeat(int repetition, int definition) {
        repetitions.add(repetition);
        definitions.add(definition);
        pageValues++;
    }

    private void put(Object value) {
        switch (value) {
            case Boolean each when column.type() == ValueType.BOOLEAN -> putBit(each);
            case Integer each when column.type() == ValueType.INT32 -> putInt(each);
            case Long each when column.type() == ValueType.INT64 -> putLong(each);
            case Float each when column.type() == ValueType.FLOAT -> putFloat(each);
            case Double each when column.type() == ValueType.DOUBLE -> putDouble(each);
            case String each when column.type() == ValueType.STRING -> putBytes(utf8(each));
            case byte[] each when column.type() == ValueType.BINARY -> putBytes(each);
            default -> throw wrong(value);
        }
    }

    private IllegalArgumentException wrong(Object value) {
        return new IllegalArgumentException(value.getClass().getSimpleName() + " in the column " + column.name()
                + " of " + column.typeName());
    }

    /** Half of a surrogate pair has no UTF-8; it becomes what decoders make of bytes that are none. */
    private static byte[] utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints().map(each -> Character.getType(each) == Character.SURROGATE ? 0xFFFD : each)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString().getBytes(StandardCharsets.UTF_8);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void putBit(boolean value) {
        if (bit == 0) {
            room(1).put((byte) 0);
        }
        int at = plain.position() - 1;
        plain.put(at, (byte) (plain.get(at) | (value ? 1 << bit : 0)));
        bit = bit + 1 & 7;
    }

    private void putInt(int value) {
        require(ValueType.INT32);
        room(Integer.BYTES).putInt(value);
        range.add(value);
    }

    private void putLong(long value) {
        require(ValueType.INT64);
        room(Long.BYTES).putLong(value);
        range.add(value);
    }

    private void putFloat(float value) {
        require(ValueType.FLOAT);
        room(Float.BYTES).putFloat(value);
        range.add(value);
    }

    private void putDouble(double value) {
        require(ValueType.DOUBLE);
        room(Double.BYTES).putDouble(value);
        range.add(value);
    }

    private void require(ValueType type) {
        if (column.type() != type) {
            throw new IllegalArgumentException(type + " in the column " + column.name() + " of " + column.typeName());
        }
    }

    private void putBytes(byte[] value) {
        room(Integer.BYTES + value.length).putInt(value.length).put(value);
    }

    private ByteBuffer room(int bytes) {
        if (plain.remaining() < bytes) {
            int wanted = Math.addExact(plain.position(), bytes);
            plain = ByteBuffer.allocate(Math.max(wanted, Math.min(2 * plain.capacity(), Integer.MAX_VALUE - 8)))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(plain.flip());
        }
        return plain;
    }

    private void endPage() {
        if (pageValues == 0) {
            return;
        }
        var page = new ByteArrayOutputStream();
        if (column.isList()) {
            page.writeBytes(repetitions.take());
        }
        if (depth > 0) {
            page.writeBytes(definitions.take());
        }
        page.write(plain.array(), 0, plain.position());
        var unpacked = page.toByteArray();
        var packed = isPacked ? packed(unpacked) : unpacked;
        var header = Thrift.bytes(struct -> {
            struct.i32(1, 0); // a data page of version 1
            struct.i32(2, unpacked.length);
            struct.i32(3, packed.length);
            struct.struct(5, data -> {
                data.i32(1, pageValues);
                data.i32(2, PLAIN);
                data.i32(3, RLE);
                data.i32(4, RLE);
            });
        });
        pages.writeBytes(header);
        pages.writeBytes(packed);
        unpackedBytes += header.length + unpacked.length;
        values += pageValues;
        repetitions.clear();
        definitions.clear();
        plain.clear();
        bit = 0;
        pageRows = 0;
        pageValues = 0;
    }

    private static byte[] packed(byte[] bytes) {
        try {
            return Snappy.compress(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes that are held for it, about. */
    long bytes() {
        return (long) pages.size() + plain.position();
    }

    /** Puts the chunk's pages to the end of a file and begins anew. */
    Summary endInto(OutputStream out) throws IOException {
        endPage();
        pages.writeTo(out);
        var summary = new Summary(values, pages.size(), unpackedBytes, range.copy());
        pages.reset();
        range.clear();
        values = 0;
        unpackedBytes = 0;
        return summary;
    }
}
