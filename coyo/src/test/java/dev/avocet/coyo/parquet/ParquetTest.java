// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again, value by value. */
class ParquetTest {
    private static final Schema ALL = Schema.of(
            new Column("id", ValueType.INT64, false, false),
            Column.of("flag", ValueType.BOOLEAN),
            Column.of("width", ValueType.INT32),
            Column.of("count", ValueType.INT64),
            Column.of("ratio", ValueType.FLOAT),
            Column.of("score", ValueType.DOUBLE),
            Column.of("text", ValueType.STRING),
            Column.of("picture.bytes", ValueType.BINARY),
            Column.of("picture.path", ValueType.STRING),
            Column.listOf("labels", ValueType.INT32),
            Column.listOf("vector", ValueType.FLOAT),
            Column.listOf("words", ValueType.STRING));
    private static final List<Object> ODD_TEXTS =
            Arrays.asList("", "a", "日本語", "👩‍👩‍👧‍👦 𝒳", "\u0000\u0001", "x".repeat(70_000), null);
    private static final List<Object> ODD_DOUBLES = Arrays.asList(0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY, Double.MIN_VALUE, -Double.MAX_VALUE, 0.3, null);
    private static final List<Object> ODD_LONGS =
            Arrays.asList(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53, null);

    @TempDir
    private Path folder;

    private static Object one(List<Object> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static Row row(long id, Random random) {
        var number = one(ODD_DOUBLES, random);
        var vector = new float[random.nextInt(40)];
        var labels = new int[random.nextInt(4)];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = random.nextFloat();
        }
        Arrays.setAll(labels, _ -> random.nextInt());
        return Row.of(ALL, id, random.nextInt(3) == 0 ? null : (Object) random.nextBoolean(),
                random.nextInt(5) == 0 ? null : (Object) random.nextInt(), one(ODD_LONGS, random),
                number == null ? null : (Object) ((Double) number).floatValue(), one(ODD_DOUBLES, random),
                random.nextInt(50) == 0 ? one(ODD_TEXTS, random) : "text " + id,
                random.nextBoolean() ? null : new byte[] {1, (byte) id}, one(ODD_TEXTS.subList(0, 5), random),
                random.nextInt(4) == 0 ? null : labels, random.nextInt(4) == 0 ? null : vector,
                random.nextInt(4) == 0 ? null : new String[] {"a", "", "é"});
    }

    private List<Row> write(Path file, int count, WriterOptions options) {
        var random = new Random(7);
        var rows = new ArrayList<Row>();
        try (var writer = ParquetWriter.create(file, ALL, options, Map.of("who", "a test"))) {
            for (int i = 0; i < count; i++) {
                rows.add(row(i, random));
                writer.write(rows.getLast());
            }
            writer.finish();
        }
        return rows;
    }

    private static List<Row> read(ParquetFile file, List<String> columns, Optional<Filter> filter) {
        var rows = new ArrayList<Row>();
        for (int group = 0; group < file.groups().size(); group++) {
            try (var reader = file.read(group, columns, filter)) {
                for (var row = reader.next(); row.isPresent(); row = reader.next()) {
                    rows.add(row.get());
                }
            }
        }
        return rows;
    }

    @Test
    void everyTypeComesBackAsItWas() {
        for (boolean isPacked : new boolean[] {true, false}) {
            var file = folder.resolve("all-" + isPacked + ".parquet");
            var rows = write(file, 5000, new WriterOptions(1500, 1 << 30, isPacked));
            try (var parquet = ParquetFile.open(file)) {
                assertEquals(ALL, parquet.schema());
                assertEquals(5000, parquet.rows());
                assertEquals(List.of(1500L, 1500L, 1500L, 500L),
                        parquet.groups().stream().map(RowGroup::rows).toList());
                assertEquals("a test", parquet.notes().get("who"));
                assertEquals(Optional.of(isPacked ? "SNAPPY" : "UNCOMPRESSED"), parquet.codec());
                assertEquals(rows, read(parquet, ALL.names(), Optional.empty()));
            }
        }
    }

    @Test
    void onlyTheWantedColumnsAreRead() {
        var file = folder.resolve("some.parquet");
        var rows = write(file, 1000, WriterOptions.DEFAULT);
        try (var parquet = ParquetFile.open(file)) {
            var some = List.of("text", "labels", "id");
            var schema = ALL.select(some);
            assertEquals(rows.stream().map(each -> each.select(schema)).toList(),
                    read(parquet, some, Optional.empty()));
            var error = assertThrows(ParquetException.class, () -> parquet.read(0, List.of("nothing")));
            assertTrue(error.getMessage().startsWith("there is no column \"nothing\"; there are id, flag"));
        }
    }

    @Test
    void aFilterPushedDownLetsThroughWhatItLetsThroughOtherwise() {
        var file = folder.resolve("filter.parquet");
        var rows = write(file, 2000, WriterOptions.DEFAULT.withGroupRows(350));
        var random = new Random(3);
        var columns = List.of("id", "width", "count", "ratio", "score");
        var literals = List.of("0", "-0.0", "0.3", "1e308", "-1", "9223372036854775807", "5.5", "2147483648", "1000");
        var operators = List.of("=", "!=", "<", "<=", ">", ">=");
        try (var parquet = ParquetFile.open(file)) {
            for (int i = 0; i < 150; i++) {
                var parts = new ArrayList<String>();
                for (int j = 0; j <= random.nextInt(3); j++) {
                    parts.add((random.nextInt(6) == 0 ? "not " : "") + columns.get(random.nextInt(columns.size())) + " "
                            + operators.get(random.nextInt(operators.size())) + " "
                            + literals.get(random.nextInt(literals.size())));
                }
                var text = String.join(random.nextBoolean() ? " and " : " or ", parts);
                var filter = Filter.parse(text);
                var wanted = rows.stream().filter(row -> filter.matches(row::get))
                        .map(row -> row.get("id")).toList();
                assertEquals(wanted, read(parquet, List.of("id"), Optional.of(filter)).stream()
                        .map(row -> row.get("id")).toList(), text);
            }
        }
    }

    @Test
    void aReaderThatIsLeftEarlyDoesNotDisturbTheNext() {
        var file = folder.resolve("early.parquet");
        var rows = write(file, 20_000, WriterOptions.DEFAULT);
        try (var parquet = ParquetFile.open(file)) {
            for (int i = 0; i < 20; i++) {
                try (var reader = parquet.read(0, ALL.names())) {
                    assertEquals(rows.get(0), reader.next().orElseThrow());
                    assertEquals(rows.get(1), reader.next().orElseThrow());
                }
            }
            assertEquals(rows, read(parquet, ALL.names(), Optional.empty()));
        }
    }

    @Test
    void anUnfinishedFileLeavesNothing() throws IOException {
        var file = folder.resolve("unfinished.parquet");
        try (var writer = ParquetWriter.create(file, ALL)) {
            writer.write(row(1, new Random(1)));
        }
        try (var files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void anEmptyFileHasItsColumns() {
        var file = folder.resolve("empty.parquet");
        write(file, 0, WriterOptions.DEFAULT);
        try (var parquet = ParquetFile.open(file)) {
            assertEquals(ALL, parquet.schema());
            assertEquals(0, parquet.rows());
            assertEquals(List.of(), read(parquet, List.of("id"), Optional.empty()));
        }
    }

    @Test
    void halfOfASurrogatePairBecomesTheReplacementCharacter() {
        var file = folder.resolve("half.parquet");
        var schema = Schema.of(Column.of("text", ValueType.STRING));
        try (var writer = ParquetWriter.create(file, schema)) {
            writer.write("a\uD83Db");
            writer.finish();
        }
        try (var parquet = ParquetFile.open(file)) {
            assertEquals(List.of(Row.of(schema, "a\uFFFDb")), read(parquet, List.of("text"), Optional.empty()));
        }
    }

    @Test
    void damagedFilesAreSaidToBe() throws IOException {
        var file = folder.resolve("whole.parquet");
        write(file, 300, WriterOptions.DEFAULT);
        var bytes = Files.readAllBytes(file);
        var broken = folder.resolve("broken.parquet");
        var random = new Random(5);
        int failures = 0;
        for (int i = 0; i < 300; i++) {
            var some = i % 3 == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
            for (int j = 0; j < 3 && i % 3 > 0; j++) {
                int at = i % 3 == 1 ? random.nextInt(some.length) : some.length - 1 - random.nextInt(2000);
                some[at] = (byte) random.nextInt();
            }
            Files.write(broken, some);
            try (var parquet = ParquetFile.open(broken)) {
                read(parquet, parquet.schema().names(), Optional.empty());
            } catch (ParquetException e) {
                assertFalse(e.getMessage().contains("\n"));
                failures++;
            }
        }
        assertTrue(failures > 100, failures + " of 300");
    }
}
