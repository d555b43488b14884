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
        return advance() ? Optional.of(batch.row(next++, wanted, places)) : Optional.empty();
    }

    /** Passes over so many rows that {@link #next} would give, or over all that are left; returns how many. */
    public long skip(long count) {
        for (long i = 0; i < count; i++) {
            if (!advance()) {
                return i;
            }
            next++;
        }
        return count;
    }

    /** Goes to a row that the filter lets through; false at the end. */
    private boolean advance() {
        while (true) {
            if (batch == null || next == batch.rows()) {
                batch = nextBatch().orElse(null);
                next = 0;
                if (batch == null) {
                    return false;
                }
            } else if (filter.isEmpty() || filter.get().matches(this::current)) {
                return true;
            } else {
                next++;
            }
        }
    }

    private Object current(String column) {
        return batch.get(read.place(column), next);
    }

    @Override
    public void close() {
        if (columns != null) {
            columns.close();
        }
    }
}
