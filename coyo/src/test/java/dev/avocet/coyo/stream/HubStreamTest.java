// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.coyo.CoyoFiles;
import dev.avocet.coyo.parquet.Filter;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.loader.hub.Hub;
import dev.avocet.loader.hub.HubSettings;
import dev.avocet.loader.hub.StubHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data set of the hub is streamed without downloading its files. */
class HubStreamTest {
    private static final String COMMIT = "c".repeat(40);

    @TempDir
    private Path folder;
    private StubHub stub;
    private long bytes;
    private List<Row> all;

    @BeforeEach
    void serve() throws IOException {
        stub = new StubHub();
        all = new ArrayList<>();
        var repo = stub.repo("datasets/org/coyo").revision("main", COMMIT).small(COMMIT, "README.md", "# Data\n");
        for (int i = 0; i < 2; i++) {
            var file = folder.resolve("part-" + i + ".parquet");
            all.addAll(CoyoFiles.writePairs(file, i * 20_000L, i * 20_000L + 20_000, 4000));
            bytes += Files.size(file);
            repo.large(COMMIT, "data/part-0000" + i + ".snappy.parquet", Files.readAllBytes(file));
        }
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    private Dataset dataset(String name) {
        var settings = new HubSettings(stub.endpoint(), folder.resolve("cache"), "", false, true, Duration.ofSeconds(5),
                Duration.ofSeconds(5), Duration.ofMillis(1));
        return Dataset.of(List.of("hf://datasets/org/coyo" + name), () -> Hub.of(settings));
    }

    private static List<Row> rows(Dataset dataset) {
        var rows = new ArrayList<Row>();
        try (var stream = dataset.stream()) {
            for (var row = stream.next(); row.isPresent(); row = stream.next()) {
                rows.add(row.get());
            }
        }
        return rows;
    }

    /** The bytes that were asked for in parts. */
    private long asked() {
        long sum = 0;
        for (var request : stub.requests()) {
            if (request.host().equals("storage")) {
                var range = request.range().orElseThrow().substring("bytes=".length()).split("-");
                sum += Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1;
            }
        }
        return sum;
    }

    @Test
    void theFirstRowsNeedTheBeginningAlone() {
        assertEquals(all.subList(0, 10), rows(dataset("").take(10)));
        assertTrue(asked() < bytes / 3, asked() + " of " + bytes);
        assertFalse(Files.exists(folder.resolve("cache/datasets--org--coyo/blobs")));
    }

    @Test
    void someColumnsNeedTheirBytesAlone() {
        assertEquals(all.stream().map(row -> row.get("width")).toList(),
                rows(dataset("/data").select(List.of("width"))).stream().map(row -> row.get(0)).toList());
        assertTrue(asked() < bytes / 5, asked() + " of " + bytes);
    }

    @Test
    void rowGroupsThatCannotMatchAreNotAskedFor() {
        var wanted = all.stream().filter(row -> (Long) row.get("id") >= 39_000).toList();
        assertEquals(wanted, rows(dataset("@main/data/*.parquet").filter(Filter.parse("id >= 39000"))));
        assertTrue(asked() < bytes / 3, asked() + " of " + bytes);
    }

    @Test
    void aStreamSurvivesAConnectionThatBreaks() {
        var stream = dataset("/data/part-00001.snappy.parquet");
        stub.fault("storage", StubHub.status(503), StubHub.status(500));
        assertEquals(all.subList(20_000, 40_000), rows(stream));
    }
}
