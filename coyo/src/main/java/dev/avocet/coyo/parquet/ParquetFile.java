// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.core.AvocetException;
import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.FilterPredicate;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowGroupPredicate;
import dev.hardwood.schema.ColumnProjection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * A parquet file, open for reading: its footer is known, and its row groups are read one by one, as often as wanted.
 *
 * <p>Each {@link RowGroupReader} belongs to one thread; any number of them may be open. What is wrong with a file is a
 * {@link ParquetException}.
 */
public final class ParquetFile implements AutoCloseable {
    /** Of rows with pictures or the like in them, which are read at once. */
    private static final long BATCH_BYTES = 16 << 20;

    private final Source source;
    private final HardwoodContext context;
    private final ParquetFileReader reader;
    private final FileMetaData footer;
    private final Layout layout;
    private final List<RowGroup> groups;

    private ParquetFile(Source source, HardwoodContext context, ParquetFileReader reader) {
        this.source = source;
        this.context = context;
        this.reader = reader;
        this.footer = reader.getFileMetaData();
        this.layout = Layout.of(reader.getFileSchema());
        this.groups = footer.rowGroups().stream().map(layout::group).toList();
    }

    /** Opens a file on this machine. */
    public static ParquetFile open(Path file) {
        return open(Source.of(file));
    }

    /** Opens what a source has, which is closed with the file, also where this fails. */
    public static ParquetFile open(Source source) {
        var context = HardwoodContext.create();
        try {
            return attempt(source, () -> new ParquetFile(source, context,
                    ParquetFileReader.open(new Input(source), context)));
        } catch (RuntimeException e) {
            context.close();
            source.close();
            throw e;
        }
    }

    /** What the source is called. */
    public String name() {
        return source.name();
    }

    /** The columns that can be read. */
    public Schema schema() {
        return layout.schema();
    }

    /** The names of what can't be read: maps, and lists of anything but values. */
    public List<String> unread() {
        return layout.unread();
    }

    /** How many rows there are. */
    public long rows() {
        return footer.numRows();
    }

    /** The file's length. */
    public long bytes() {
        return source.length();
    }

    /** The row groups, in their order. */
    public List<RowGroup> groups() {
        return groups;
    }

    /** What wrote the file. */
    public String createdBy() {
        return Optional.ofNullable(footer.createdBy()).orElse("");
    }

    /** What the writer noted besides, such as Arrow's schema. */
    public Map<String, String> notes() {
        return footer.keyValueMetadata();
    }

    /** How the values are packed, such as {@code SNAPPY}; empty in a file without rows. */
    public Optional<String> codec() {
        return footer.rowGroups().stream().flatMap(group -> group.columns().stream()).findFirst()
                .map(chunk -> chunk.metaData().codec().name());
    }

    /** Reads these columns of a row group, in this order; other columns are not touched. */
    public RowGroupReader read(int group, List<String> columns) {
        return read(group, columns, Optional.empty());
    }

    /** The same of the rows that a filter lets through; its columns are read as well. */
    public RowGroupReader read(int group, List<String> columns, Optional<Filter> filter) {
        var wanted = layout.schema().select(columns);
        filter.ifPresent(each -> each.check(layout.schema()));
        var also = filter.map(Filter::columns).orElse(List.of()).stream().filter(name -> !wanted.has(name)).toList();
        var all = wanted.with(also.stream().map(name -> layout.schema().find(name).orElseThrow())
                .toArray(Column[]::new));
        if (groups.get(group).rows() == 0 || all.size() == 0) {
            return RowGroupReader.empty(wanted);
        }
        var pushed = filter.flatMap(each -> PushDown.of(each, layout));
        return attempt(source, () -> new RowGroupReader(this, wanted, all, filter, columns(group, all, pushed)));
    }

    private ColumnReaders columns(int group, Schema all, Optional<FilterPredicate> pushed) {
        var paths = all.names().stream().map(layout.paths()::get).toArray(String[]::new);
        long middle = groups.get(group).middle();
        var builder = reader.buildColumnReaders(ColumnProjection.columns(paths))
                .filter(RowGroupPredicate.byteRange(middle, middle + 1))
                .batchSize(batch(groups.get(group), all));
        pushed.ifPresent(builder::filter);
        return builder.build();
    }

    /** Rows at once: fewer where there are pictures in them. */
    private static int batch(RowGroup group, Schema columns) {
        boolean hasBytes = columns.columns().stream().anyMatch(column -> column.type() == ValueType.BINARY);
        long bytesOfRow = Math.max(1, group.bytes() / group.rows());
        return hasBytes
                ? Math.clamp(BATCH_BYTES / bytesOfRow, 1, RowGroupReader.BATCH)
                : RowGroupReader.BATCH;
    }

    String path(String column) {
        return layout.paths().get(column);
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            // Nothing was written.
        } finally {
            context.close();
            source.close();
        }
    }

    /** Something that Hardwood does. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    /** The same with every failure as a {@link ParquetException}: a damaged file fails in many ways. */
    static <T> T attempt(Source source, Attempt<T> attempt) {
        try {
            return attempt.run();
        } catch (AvocetException e) {
            throw e;
        } catch (UnsupportedOperationException e) {
            throw new ParquetException(source.name() + " can't be read: " + e.getMessage()
                    + "; write it again with Snappy or Zstandard", e);
        } catch (IOException | RuntimeException e) {
            throw new ParquetException(source.name() + " can't be read as parquet: " + cause(e)
                    + "; check that it is one, and whole", e);
        }
    }

    private static String cause(Throwable e) {
        var root = e;
        while (root.getCause() != null && (root.getMessage() == null || root instanceof UncheckedIOException
                || root instanceof ExecutionException)) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    Source source() {
        return source;
    }

    /** A source as Hardwood wants it. */
    private record Input(Source source) implements InputFile {
        @Override
        public void open() {
            // It is.
        }

        @Override
        public ByteBuffer readRange(long offset, int length) throws IOException {
            if (offset < 0 || length < 0 || offset > source.length() - length) {
                throw new IOException("it points to " + length + " bytes at " + offset + ", beyond its end at "
                        + source.length());
            }
            return source.read(offset, length);
        }

        @Override
        public long length() {
            return source.length();
        }

        @Override
        public String name() {
            return source.name();
        }

        @Override
        public void close() {
            // ParquetFile does.
        }
    }
}
