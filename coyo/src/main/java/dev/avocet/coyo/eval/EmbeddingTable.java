// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.ParquetFile;
import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Embeddings of labelled pictures, as they are kept in a parquet file with the columns {@code path}, {@code label}, {@code class} and {@code
 * embedding}.
 *
 * @param classes the names of the classes, in the order of their numbers
 */
public record EmbeddingTable(List<String> paths, int[] labels, List<String> classes, float[][] embeddings) {
    private static final Schema SCHEMA = Schema.of(
            new Column("path", ValueType.STRING, false, false),
            new Column("label", ValueType.INT32, false, false),
            Column.of("class", ValueType.STRING),
            new Column("embedding", ValueType.FLOAT, true, false));

    /** Writes the file, which appears complete or not at all. */
    public void write(Path file) {
        try (var writer = ParquetWriter.create(file, SCHEMA)) {
            for (int i = 0; i < embeddings.length; i++) {
                writer.write(paths.get(i), labels[i], classes.get(labels[i]), embeddings[i]);
            }
            writer.finish();
        }
    }

    /** Reads a file; throws {@link EvaluationException} where it has not these columns. */
    public static EmbeddingTable read(Path file) {
        var paths = new ArrayList<String>();
        var labels = new ArrayList<Integer>();
        var embeddings = new ArrayList<float[]>();
        var classes = new TreeMap<Integer, String>();
        try (var parquet = ParquetFile.open(file)) {
            for (var column : SCHEMA.columns()) {
                if (parquet.schema().find(column.name()).filter(each -> each.type() == column.type()
                        && each.isList() == column.isList()).isEmpty()) {
                    throw new EvaluationException(file + " has no column " + column.name() + " of " + column.typeName()
                            + "; make it with avocet eval export");
                }
            }
            for (int group = 0; group < parquet.groups().size(); group++) {
                try (var rows = parquet.read(group, SCHEMA.names())) {
                    for (var row = rows.next(); row.isPresent(); row = rows.next()) {
                        paths.add((String) row.get().get(0));
                        labels.add((Integer) row.get().get(1));
                        classes.put((Integer) row.get().get(1), String.valueOf(row.get().get(2)));
                        embeddings.add((float[]) row.get().get(3));
                    }
                }
            }
        }
        if (paths.isEmpty()) {
            throw new EvaluationException(file + " has no rows; embed at least one picture");
        }
        var names = new ArrayList<String>();
        for (int i = 0; i <= classes.lastKey(); i++) {
            names.add(classes.getOrDefault(i, Integer.toString(i)));
        }
        return new EmbeddingTable(paths, labels.stream().mapToInt(Integer::intValue).toArray(), names,
                embeddings.toArray(float[][]::new));
    }
}
