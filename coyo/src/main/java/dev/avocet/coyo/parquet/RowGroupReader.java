// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.hardwood.reader.ColumnReaders;
import java.util.Optional;

/** Goes through a row group in batches, or row by row; belongs to one thread. */
public final class RowGroupReader implements AutoCloseable {
    /** So few that long texts and embeddings don't fill the memory, so many that what a batch costs by itself doesn't show. */
    static final int BATCH = 4096;

    private final ParquetFile file;
    private final Schema wanted;
    private final Schema read;
    private final int[] places;
    private final Optional<Filter> filter;
    private final ColumnReaders columns;
    private Batch batch;
    private int next;

    RowGroupReader(ParquetFile file, Schema wanted, Schema read, Optional<Filter> filter, ColumnReaders columns) {
        this.file = file;
        this.wanted = wanted;
        this.read = read;
        this.places = wanted.names().stream().mapToInt(read::place).toArray();
        this.filter = filter;
        this.columns = columns;
    }

    static RowGroupReader empty(Schema wanted) {
        return new RowGroupReader(null, wanted, wanted, Optional.empty(), null);
    }

    /** The columns that were asked for. */
    public Schema schema() {
        return wanted;
    }

    /** The next rows as they are read, which the filter's columns follow and which it has not yet been applied to; empty at the end. */
    Optional<Batch> nextBatch() {
        if (columns == null) {
            return Optional.empty();
        }
        return ParquetFile.attempt(file.source(), () -> {
            if (!columns.nextBatch()) {
                return Optional.empty();
            }
            var vectors = new Vector[read.size()];
            for (int i = 0; i < vectors.length; i++) {
                var column = read.column(i);
                vectors[i] = Vector.of(column, columns.getColumnReader(file.path(column.name())));
            }
            return Optional.of(new Batch(read, columns.getRecordCount(), vectors));
        });
    }

    /** The next row that the filter lets through; empty at the end. */
    public Optional<Row> next() {
        while (true) {
            if (batch == null || next == batch.rows()) {
                batch = nextBatch().orElse(null);
                next = 0;
                if (batch == null) {
                    return Optional.empty();
                }
                continue;
            }
            int row = next++;
            var current = batch;
            if (filter.isEmpty() || filter.get().matches(name -> current.get(read.place(name), row))) {
                return Optional.of(current.row(row, wanted, places));
            }
        }
    }

    /** Passes over so many rows that {@link #next} would return. */
    public void skip(long count) {
        for (long i = 0; i < count && next().isPresent(); i++) {
            // The row is not wanted.
        }
    }

    @Override
    public void close() {
        if (columns != null) {
            columns.close();
        }
    }
}
