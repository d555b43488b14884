// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.RepetitionType;
import dev.hardwood.metadata.Statistics;
import dev.hardwood.schema.FileSchema;
import dev.hardwood.schema.SchemaNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file's columns by name: values, lists of values, and either of them inside of structures. What is deeper, such as maps
 * and lists of structures, has no name here and is not read.
 *
 * @param paths for each column what Hardwood calls it
 * @param indices for each column its number among the leaves of the file's schema
 * @param unread the names of what is too deep
 */
record Layout(Schema schema, Map<String, String> paths, Map<String, Integer> indices, List<String> unread) {
    static Layout of(FileSchema file) {
        var walk = new Walk(file);
        file.getRootNode().children().forEach(node -> walk.add("", node, false));
        return new Layout(new Schema(walk.columns), walk.paths, walk.indices, walk.unread);
    }

    private record Walk(FileSchema file, List<Column> columns, Map<String, String> paths, Map<String, Integer> indices,
            List<String> unread) {
        Walk(FileSchema file) {
            this(file, new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        }

        void add(String prefix, SchemaNode node, boolean isOptional) {
            var name = prefix + node.name();
            boolean mayBeMissing = isOptional || node.repetitionType() == RepetitionType.OPTIONAL;
            switch (node) {
                case SchemaNode.PrimitiveNode leaf when leaf.repetitionType() != RepetitionType.REPEATED ->
                    add(name, leaf, false, mayBeMissing);
                case SchemaNode.GroupNode group when group.isList()
                        && group.getListElement() instanceof SchemaNode.PrimitiveNode leaf ->
                    add(name, leaf, true, mayBeMissing);
                case SchemaNode.GroupNode group when group.isStruct()
                        && group.repetitionType() != RepetitionType.REPEATED ->
                    group.children().forEach(child -> add(name + ".", child, mayBeMissing));
                default -> unread.add(name);
            }
        }

        private void add(String name, SchemaNode.PrimitiveNode leaf, boolean isList, boolean isOptional) {
            columns.add(new Column(name, type(leaf), isList, isOptional));
            paths.put(name, file.getColumn(leaf.columnIndex()).fieldPath().toString());
            indices.put(name, leaf.columnIndex());
        }
    }

    private static ValueType type(SchemaNode.PrimitiveNode leaf) {
        return switch (leaf.type()) {
            case BOOLEAN -> ValueType.BOOLEAN;
            case INT32 -> ValueType.INT32;
            case INT64 -> ValueType.INT64;
            case FLOAT -> ValueType.FLOAT;
            case DOUBLE -> ValueType.DOUBLE;
            case BYTE_ARRAY -> isText(leaf.logicalType()) ? ValueType.STRING : ValueType.BINARY;
            case FIXED_LEN_BYTE_ARRAY, INT96 -> ValueType.BINARY;
        };
    }

    private static boolean isText(LogicalType type) {
        return type instanceof LogicalType.StringType || type instanceof LogicalType.EnumType
                || type instanceof LogicalType.JsonType;
    }

    /** What the footer says of a row group. */
    RowGroup group(dev.hardwood.metadata.RowGroup group) {
        long bytes = group.columns().stream().mapToLong(chunk -> chunk.metaData().totalCompressedSize()).sum();
        // Hardwood tells row groups apart by this offset.
        long middle = group.columns().isEmpty() ? 0 : group.columns().getFirst().chunkStartOffset() + bytes / 2;
        var ranges = new LinkedHashMap<String, RowGroup.Range>();
        for (var column : schema.columns()) {
            ranges.put(column.name(), range(column, group.columns().get(indices.get(column.name()))));
        }
        return new RowGroup(group.numRows(), bytes, middle, ranges);
    }

    private static RowGroup.Range range(Column column, ColumnChunk chunk) {
        var known = Optional.ofNullable(chunk.metaData().statistics());
        return new RowGroup.Range(
                known.map(Statistics::minValue).flatMap(bytes -> number(column, bytes)),
                known.map(Statistics::maxValue).flatMap(bytes -> number(column, bytes)),
                known.map(Statistics::nullCount));
    }

    private static Optional<Number> number(Column column, byte[] bytes) {
        boolean isWhole = bytes.length == switch (column.type()) {
            case INT32, FLOAT -> Integer.BYTES;
            case INT64, DOUBLE -> Long.BYTES;
            case BOOLEAN, STRING, BINARY -> -1;
        };
        if (!isWhole) {
            return Optional.empty();
        }
        var little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Number number = switch (column.type()) {
            case INT32 -> little.getInt();
            case INT64 -> little.getLong();
            case FLOAT -> little.getFloat();
            default -> little.getDouble();
        };
        return Optional.of(number);
    }
}
