// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.core.AvocetException;
import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.ParquetFile;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.RowGroupReader;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The rows of parquet files: pictures as bytes, as img2dataset and Hugging Face's data sets have them, as files by their
 * paths, or as vectors that were made before. All columns of texts and numbers become fields.
 */
final class ParquetSource implements PictureSource {
    private static final List<String> BYTES =
            List.of("jpg", "jpeg", "png", "webp", "image.bytes", "image", "image_bytes", "img", "bytes", "content");
    private static final List<String> PATHS =
            List.of("path", "image_path", "image.path", "file_path", "filepath", "file_name", "filename", "image",
                    "file");
    private static final List<String> IDS = List.of("id", "key");
    private static final String VECTOR = "embedding";
    private static final String VECTOR_MODEL = "embedding_model";
    /** A longer one is no name. */
    private static final int LONGEST_ID = 1000;

    private final Path path;
    private final String model;
    private final List<Path> files;
    private final long size;
    private final Map<String, Integer> times = new HashMap<>();
    private int nextFile;
    private ParquetFile file;
    private Columns columns;
    private int nextGroup;
    private RowGroupReader group;
    private long row;

    /** A picture that a row names by its path. */
    private record PictureFile(Path file) implements Content.Bytes {
        @Override
        public byte[] read() {
            return FolderSource.read(file);
        }

        long modified() {
            try {
                return 31 * Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS) + Files.size(file);
            } catch (IOException e) {
                return 0; // said when it is read
            }
        }
    }

    /** Which columns say what. */
    private record Columns(Schema schema, Optional<String> vector, Optional<String> bytes, Optional<String> path,
            Optional<String> id, List<String> fields) {
        static Columns of(ParquetFile file) {
            var schema = file.schema();
            var vector = first(schema, List.of(VECTOR), name -> isList(schema, name, ValueType.FLOAT));
            var bytes = first(schema, BYTES, name -> isOne(schema, name, ValueType.BINARY));
            var path = first(schema, PATHS, name -> isOne(schema, name, ValueType.STRING));
            if (vector.isEmpty() && bytes.isEmpty() && path.isEmpty()) {
                throw new AvocetException(file.name() + " has no pictures: no column of bytes ("
                        + String.join(", ", BYTES) + "), paths (" + String.join(", ", PATHS) + ") or vectors ("
                        + VECTOR + ") among " + schema + "; fetch the pictures of addresses first");
            }
            var id = first(schema, IDS, name -> !schema.column(schema.place(name)).isList());
            var fields = schema.columns().stream()
                    .filter(column -> !column.isList() && column.type() != ValueType.BINARY)
                    .map(Column::name)
                    .toList();
            return new Columns(schema, vector, bytes, path, id, fields);
        }

        private static boolean isOne(Schema schema, String name, ValueType type) {
            return schema.find(name).filter(column -> column.type() == type && !column.isList()).isPresent();
        }

        private static boolean isList(Schema schema, String name, ValueType type) {
            return schema.find(name).filter(column -> column.type() == type && column.isList()).isPresent();
        }

        private static Optional<String> first(Schema schema, List<String> names, Predicate<String> fits) {
            return names.stream().filter(schema::has).filter(fits).findFirst();
        }

        List<String> read() {
            var names = new LinkedHashSet<>(fields);
            // Where there are vectors, nothing else of the pictures is needed.
            (vector.isPresent() ? vector : bytes).ifPresent(names::add);
            id.ifPresent(names::add);
            return List.copyOf(names);
        }
    }

    /**
     * A file, or a folder with files.
     *
     * @param model the model whose vectors may be taken
     */
    ParquetSource(Path path, String model) {
        this.model = model;
        try {
            this.path = path.toRealPath();
            this.files = Files.isDirectory(this.path) ? filesIn(this.path) : List.of(this.path);
        } catch (IOException e) {
            throw new AvocetException(path + " can't be read: " + e.getMessage() + "; check its permissions", e);
        }
        long rows = 0;
        for (var each : files) {
            try (var open = ParquetFile.open(each)) {
                Columns.of(open);
                rows += open.rows();
            }
        }
        this.size = rows;
    }

    /** The parquet files in a folder, without those that their writers have not done with. */
    static List<Path> filesIn(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.filter(ParquetSource::isParquet).sorted().toList();
        }
    }

    static boolean isParquet(Path file) {
        var name = file.getFileName().toString();
        return name.endsWith(".parquet") && !name.startsWith("_") && !name.startsWith(".") && Files.isRegularFile(file);
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Optional<Item> next() {
        while (true) {
            if (group != null) {
                var next = group.next();
                if (next.isPresent()) {
                    return Optional.of(item(next.get()));
                }
                group.close();
                group = null;
            }
            if (file != null && nextGroup < file.groups().size()) {
                group = file.read(nextGroup++, columns.read());
            } else if (nextFile < files.size()) {
                close();
                file = ParquetFile.open(files.get(nextFile++));
                columns = Columns.of(file);
                nextGroup = 0;
                row = 0;
            } else {
                return Optional.empty();
            }
        }
    }

    private Item item(Row values) {
        long number = row++;
        var place = path.equals(files.get(nextFile - 1))
                ? "" + number
                : files.get(nextFile - 1).getFileName() + ":" + number;
        var fields = fields(values);
        var content = content(values, fields);
        var id = columns.id().map(name -> values.get(name)).map(Object::toString)
                .filter(text -> !text.isEmpty() && text.length() <= LONGEST_ID);
        return new Item(id.map(this::unique).orElse(place), stamp(fields, content), fields, content);
    }

    /** An id that comes twice stands for two pictures. */
    private String unique(String id) {
        int time = times.merge(id, 1, Integer::sum);
        return time == 1 ? id : id + "#" + time;
    }

    private SequencedMap<String, Object> fields(Row values) {
        var fields = new LinkedHashMap<String, Object>();
        for (var name : columns.fields()) {
            var value = values.get(name);
            if (value != null) {
                fields.put(name, switch (value) {
                    case Integer whole -> Long.valueOf(whole);
                    case Float number -> Double.valueOf(number.toString());
                    default -> value;
                });
            }
        }
        return fields;
    }

    private Content content(Row values, Map<String, Object> fields) {
        if (columns.vector().isPresent()) {
            return vector(values, fields);
        }
        if (columns.bytes().isPresent() && values.get(columns.bytes().get()) instanceof byte[] bytes) {
            return (Content.Bytes) () -> bytes;
        }
        if (columns.path().isPresent() && values.get(columns.path().get()) instanceof String text) {
            var picture = path.resolveSibling(text);
            fields.put("path", picture.toString());
            return new PictureFile(picture);
        }
        return new Content.Missing(fields.get("error_message") instanceof String reason
                ? "there is no picture: " + reason
                : "there is no picture in the row");
    }

    private Content vector(Row values, Map<String, Object> fields) {
        if (fields.get(VECTOR_MODEL) instanceof String other && !other.equals(model)) {
            return new Content.Missing("its vector was made by the model " + other + ", not by " + model);
        }
        return values.get(VECTOR) instanceof float[] vector
                ? new Content.Vector(vector)
                : new Content.Missing(fields.get("embedding_error") instanceof String reason
                        ? "there is no vector: " + reason
                        : "there is no vector in the row");
    }

    private static long stamp(Map<String, Object> fields, Content content) {
        long hash = switch (content) {
            case Content.Vector vector -> Arrays.hashCode(vector.values());
            case Content.Missing missing -> missing.reason().hashCode();
            case PictureFile picture -> picture.modified();
            case Content.Bytes bytes -> ByteBuffer.wrap(ContentHash.of(bytes.read())).getLong();
        };
        return 31 * hash + fields.hashCode();
    }

    @Override
    public void close() {
        if (group != null) {
            group.close();
            group = null;
        }
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
