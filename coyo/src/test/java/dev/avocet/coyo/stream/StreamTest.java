// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.coyo.CoyoFiles;
import dev.avocet.coyo.CoyoPair;
import dev.avocet.coyo.parquet.Filter;
import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.coyo.parquet.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data set is streamed as it is, as it is asked for, and from where it was left. */
class StreamTest {
    private static final int ROWS = 3000;

    @TempDir
    private static Path folder;
    private static List<Row> all;

    @BeforeAll
    static void write() throws IOException {
        all = new ArrayList<>();
        Files.createDirectory(folder.resolve("data"));
        for (int i = 0; i < 3; i++) {
            all.addAll(CoyoFiles.writePairs(folder.resolve("data/part-" + i + ".parquet"), i * 1000L, i * 1000L + 1000,
                    130));
        }
    }

    private static Dataset dataset() {
        return Dataset.of(List.of(folder.toString()), () -> {
            throw new IllegalStateException("no hub is needed");
        });
    }

    private static List<Row> rows(RowStream stream, long most) {
        var rows = new ArrayList<Row>();
        try (stream) {
            for (long i = 0; i < most; i++) {
                var row = stream.next();
                if (row.isEmpty()) {
                    break;
                }
                rows.add(row.get());
            }
        }
        return rows;
    }

    private static List<Row> rows(Dataset dataset) {
        return rows(dataset.stream(), Long.MAX_VALUE);
    }

    private static List<Long> ids(List<Row> rows) {
        return rows.stream().map(row -> (Long) row.get("id")).toList();
    }

    private static Map<String, Dataset> kinds() {
        var filter = Filter.parse("num_faces = 0 and clip_similarity_vitb32 > 0.1");
        return Map.of(
                "plain", dataset(),
                "some", dataset().select(List.of("id", "text")).filter(filter),
                "cut", dataset().skip(333).take(1777),
                "cut behind a filter", dataset().filter(filter).skip(100).take(500),
                "shuffled", dataset().shuffle(5, 200),
                "shuffled and cut", dataset().filter(filter).shard(2, 1).shuffle(9, 64).skip(10).take(200),
                "shuffled twice", dataset().skip(7).shuffle(1, 50).filter(filter).shuffle(2, 20).select(List.of("id")));
    }

    @Test
    void theRowsAreThoseOfTheFilesInTheirOrder() {
        assertEquals(all, rows(dataset()));
        assertEquals(CoyoPair.SCHEMA, dataset().schema());
    }

    @Test
    void aRowIsThePairThatWasWritten() {
        var row = rows(dataset().take(4)).getLast();
        assertEquals(row, CoyoPair.of(row).toRow());
    }

    @Test
    void skippingAndTakingIsWhatItIsOfAList() {
        assertEquals(all.subList(1234, 1300), rows(dataset().skip(1234).take(66)));
        assertEquals(all.subList(10, 20), rows(dataset().take(20).skip(10)));
        assertEquals(List.of(), rows(dataset().skip(ROWS)));
        assertEquals(all, rows(dataset().take(Long.MAX_VALUE)));
        var filter = Filter.parse("width > 700");
        var some = all.subList(0, 100).stream().filter(row -> filter.matches(row::get)).toList();
        assertEquals(some, rows(dataset().take(100).filter(filter)));
    }

    @Test
    void partsTogetherHaveEachRowOnce() {
        for (int count : new int[] {1, 2, 3, 5, 40}) {
            var together = new ArrayList<Long>();
            for (int i = 0; i < count; i++) {
                together.addAll(ids(rows(dataset().shard(count, i))));
            }
            assertEquals(ROWS, together.size());
            assertEquals(ROWS, new TreeSet<>(together).size());
        }
        var nested = IntStream.range(0, 4).boxed()
                .flatMap(i -> ids(rows(dataset().shard(2, i / 2).shard(2, i % 2))).stream())
                .sorted().toList();
        assertEquals(LongStream.range(0, ROWS).boxed().toList(), nested);
    }

    @Test
    void theSeedDecidesTheOrderAndNothingElse() {
        var once = ids(rows(dataset().shuffle(7, 100)));
        assertEquals(once, ids(rows(dataset().shuffle(7, 100))));
        assertNotEquals(once, ids(rows(dataset().shuffle(8, 100))));
        assertNotEquals(LongStream.range(0, ROWS).boxed().toList(), once);
        assertEquals(LongStream.range(0, ROWS).boxed().toList(), once.stream().sorted().toList());
    }

    @Test
    void whereverAStreamIsLeftItGoesOnAsIfItHadNotBeen() {
        kinds().forEach((kind, dataset) -> {
            var whole = rows(dataset);
            for (int at : new int[] {0, 1, 129, 130, 131, 199, 501, whole.size() - 1, whole.size()}) {
                if (at > whole.size()) {
                    continue;
                }
                String position;
                try (var stream = dataset.stream()) {
                    for (int i = 0; i < at; i++) {
                        assertEquals(whole.get(i), stream.next().orElseThrow());
                    }
                    position = stream.position().toJson();
                }
                var rest = rows(dataset.stream(Position.ofJson(position)), Long.MAX_VALUE);
                assertEquals(whole.subList(at, whole.size()), rest, kind + " at " + at);
            }
        });
    }

    @Test
    void aStreamThatIsLeftAgainAndAgainGivesEachRowOnce() {
        kinds().forEach((kind, dataset) -> {
            var pieces = new ArrayList<Row>();
            var position = dataset.stream().position();
            for (int size = 1; true; size = size * 2 % 731 + 1) {
                try (var stream = dataset.stream(position)) {
                    int before = pieces.size();
                    for (int i = 0; i < size; i++) {
                        stream.next().ifPresent(pieces::add);
                    }
                    position = Position.ofJson(stream.position().toJson());
                    assertEquals(pieces.size(), position.delivered());
                    if (pieces.size() < before + size) {
                        break;
                    }
                }
            }
            assertEquals(rows(dataset), pieces, kind);
        });
    }

    @Test
    void aPositionOfAnotherDataSetIsRefused() {
        var position = dataset().take(5).stream().position();
        var error = assertThrows(ParquetException.class, () -> dataset().take(6).stream(position));
        assertTrue(error.getMessage().contains("of another data set"));
        assertThrows(ParquetException.class, () -> Position.ofJson("{\"recipe\": 5"));
        assertThrows(ParquetException.class, () -> Position.ofJson("[]"));
    }

    @Test
    void foldersAndPatternsStandForTheirFiles() throws IOException {
        Files.createDirectories(folder.resolve("data/_temporary"));
        Files.write(folder.resolve("data/_temporary/half.parquet"), new byte[3]);
        Files.write(folder.resolve("data/_SUCCESS"), new byte[0]);
        for (var name : List.of("", "/data", "/data/*.parquet", "/**/part-?.parquet", "/data/part-{0,1,2}.parquet")) {
            assertEquals(3, Dataset.of(List.of(folder + name), null).files().size(), name);
        }
        for (var name : List.of("/none", "/data/none-*.parquet", "/no folder/*", "/data/part-[")) {
            assertThrows(ParquetException.class, () -> Dataset.of(List.of(folder + name), null).schema(), name);
        }
        assertThrows(ParquetException.class, () -> Dataset.of(List.of("hf://models/x/y"), null));
    }
}
