// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.loader.OutputFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a parquet file row by row. It appears complete, by {@link #finish}, or not at all.
 *
 * <p>Values are encoded plainly and packed with Snappy, and the footer has the range of each column of numbers. Holds one row
 * group in memory. Belongs to one thread.
 */
public final class ParquetWriter implements AutoCloseable {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private final OutputFile file;
    private final OutputStream out;
    private final String name;
    private final Schema schema;
    private final WriterOptions options;
    private final Map<String, String> notes;
    private final FieldTree tree;
    private final List<FieldTree.Leaf> leaves;
    private final int[] places;
    private final ChunkWriter[] chunks;
    private final List<Group> groups = new ArrayList<>();
    private long offset;
    private long rows;
    private long groupRows;

    private record Chunk(FieldTree.Leaf leaf, long offset, ChunkWriter.Summary summary) {}

    private record Group(long rows, long offset, List<Chunk> chunks) {
        long packedBytes() {
            return chunks.stream().mapToLong(each -> each.summary().packedBytes()).sum();
        }

        long unpackedBytes() {
            return chunks.stream().mapToLong(each -> each.summary().unpackedBytes()).sum();
        }
    }

    private ParquetWriter(OutputFile file, String name, Schema schema, WriterOptions options,
            Map<String, String> notes) {
        this.file = file;
        this.out = file.stream();
        this.name = name;
        this.schema = schema;
        this.options = options;
        this.notes = notes;
        this.tree = FieldTree.of(schema);
        this.leaves = tree.leaves();
        this.places = leaves.stream().mapToInt(leaf -> schema.place(leaf.column().name())).toArray();
        this.chunks = leaves.stream()
                .map(leaf -> new ChunkWriter(leaf.column(), leaf.depth(), options.isPacked()))
                .toArray(ChunkWriter[]::new);
        put(MAGIC);
    }

    /** Begins a file with default options. */
    public static ParquetWriter create(Path file, Schema schema) {
        return create(file, schema, WriterOptions.DEFAULT, Map.of());
    }

    /**
     * Begins a file; throws {@link dev.avocet.core.AvocetException} where it can't be written.
     *
     * @param notes what the footer says besides, for those who know the keys
     */
    public static ParquetWriter create(Path file, Schema schema, WriterOptions options, Map<String, String> notes) {
        if (schema.size() == 0) {
            throw new ParquetException(file + " would have no columns; name at least one");
        }
        var output = OutputFile.create(file);
        try {
            return new ParquetWriter(output, file.toString(), schema, options, notes);
        } catch (RuntimeException e) {
            output.close();
            throw e;
        }
    }

    /** The columns. */
    public Schema schema() {
        return schema;
    }

    /** How many rows have been written. */
    public long rows() {
        return rows;
    }

    /** Adds a row, whose columns must be in the order of the schema. */
    public void write(Row row) {
        for (int i = 0; i < chunks.length; i++) {
            chunks[i].add(row.get(places[i]));
        }
        rows++;
        groupRows++;
        if (groupRows == options.groupRows() || (groupRows & 0xFF) == 0 && bytes() >= options.groupBytes()) {
            endGroup();
        }
    }

    /** Adds a row of these values. */
    public void write(Object... values) {
        write(Row.of(schema, values));
    }

    private long bytes() {
        long sum = 0;
        for (var chunk : chunks) {
            sum += chunk.bytes();
        }
        return sum;
    }

    private void endGroup() {
        if (groupRows == 0) {
            return;
        }
        long begin = offset;
        var written = new ArrayList<Chunk>();
        for (int i = 0; i < chunks.length; i++) {
            try {
                var summary = chunks[i].endInto(out);
                written.add(new Chunk(leaves.get(i), offset, summary));
                offset += summary.packedBytes();
            } catch (IOException e) {
                throw failed(e);
            }
        }
        groups.add(new Group(groupRows, begin, written));
        groupRows = 0;
    }

    /** Writes what is left and puts the file in its place. */
    public void finish() {
        endGroup();
        var footer = footer();
        put(footer);
        put(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(footer.length).array());
        put(MAGIC);
        file.commit();
    }

    private void put(byte[] bytes) {
        try {
            out.write(bytes);
            offset += bytes.length;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private ParquetException failed(IOException e) {
        return new ParquetException(
                name + " can't be written: " + e.getMessage() + "; check the space left and the permissions", e);
    }

    private byte[] footer() {
        return Thrift.bytes(struct -> {
            struct.i32(1, 1);
            struct.structs(2, tree.elements(), ParquetWriter::element);
            struct.i64(3, rows);
            struct.structs(4, groups, this::group);
            if (!notes.isEmpty()) {
                struct.structs(5, List.copyOf(notes.entrySet()), (inner, note) -> {
                    inner.text(1, note.getKey());
                    inner.text(2, note.getValue());
                });
            }
            struct.text(6, "avocet");
            // Every column in the order of its type: what makes the ranges of use.
            struct.structs(7, leaves, (inner, _) -> inner.struct(1, _ -> {}));
        });
    }

    private static void element(Thrift struct, FieldTree.Element element) {
        element.type().ifPresent(type -> struct.i32(1, code(type)));
        if (element.repetition() >= 0) {
            struct.i32(3, element.repetition());
        }
        struct.text(4, element.name());
        if (element.type().isEmpty()) {
            struct.i32(5, element.children());
        }
        boolean isText = element.type().equals(Optional.of(ValueType.STRING));
        if (isText || element.isList()) {
            struct.i32(6, isText ? 0 : 3);
            struct.struct(10, union -> union.struct(isText ? 1 : 3, _ -> {}));
        }
    }

    private void group(Thrift struct, Group group) {
        struct.structs(1, group.chunks(), this::chunk);
        struct.i64(2, group.unpackedBytes());
        struct.i64(3, group.rows());
        struct.i64(5, group.offset());
        struct.i64(6, group.packedBytes());
    }

    private void chunk(Thrift struct, Chunk chunk) {
        struct.i64(2, chunk.offset());
        struct.struct(3, inner -> {
            var summary = chunk.summary();
            inner.i32(1, code(chunk.leaf().column().type()));
            inner.i32s(2, 0, 3); // plain values, runs of levels
            inner.texts(3, chunk.leaf().path());
            inner.i32(4, options.isPacked() ? 1 : 0);
            inner.i64(5, summary.values());
            inner.i64(6, summary.unpackedBytes());
            inner.i64(7, summary.packedBytes());
            inner.i64(9, chunk.offset());
            inner.struct(12, statistics -> statistics(statistics, summary.range()));
        });
    }

    private static void statistics(Thrift struct, ValueRange range) {
        struct.i64(3, range.missing());
        if (range.isKnown()) {
            struct.binary(5, range.largest());
            struct.binary(6, range.smallest());
        }
    }

    private static int code(ValueType type) {
        return switch (type) {
            case BOOLEAN -> 0;
            case INT32 -> 1;
            case INT64 -> 2;
            case FLOAT -> 4;
            case DOUBLE -> 5;
            case STRING, BINARY -> 6;
        };
    }

    @Override
    public void close() {
        file.close();
    }
}
