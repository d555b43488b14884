// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.avocet.core.AvocetException;
import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.coyo.parquet.ParquetFile;
import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;
import dev.avocet.coyo.stream.Dataset;
import dev.avocet.loader.fetch.FetchLimits;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.ImageLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a site does becomes a row, and no row is lost or fetched twice. */
class FetchTest {
    private static final Path PICTURE = Path.of("../models/samples/cat.jpg");
    private static final Schema SCHEMA = Schema.of(Column.of("id", ValueType.INT64), Column.of("url", ValueType.STRING),
            Column.of("text", ValueType.STRING), Column.of("width", ValueType.INT32));

    @TempDir
    private Path folder;
    private MisbehavingWeb web;

    @BeforeEach
    void start() {
        web = new MisbehavingWeb(PICTURE);
    }

    @AfterEach
    void stop() {
        web.close();
    }

    private static FetchSettings settings(boolean privateAddresses) {
        return new FetchSettings(
                new FetchLimits(300_000, Duration.ofSeconds(4), Duration.ofSeconds(2), 3, privateAddresses),
                new ImageLimits(4_000_000, 5000, 300_000), 8, 3, 2, Duration.ofMillis(1), Duration.ofMillis(50));
    }

    private Dataset data(List<String> urls) {
        var file = folder.resolve("urls.parquet");
        try (var writer = ParquetWriter.create(file, SCHEMA)) {
            for (int i = 0; i < urls.size(); i++) {
                writer.write((long) i, urls.get(i), i % 5 == 4 ? null : "text " + i, 99);
            }
            writer.finish();
        }
        return Dataset.of(List.of(file.toString()), null);
    }

    private FetchJob job(List<String> urls, FetchJob.Format format, int partRows, FetchSettings settings) {
        return new FetchJob(data(urls), "url", Optional.of("text"), folder.resolve("out"), format, partRows, settings);
    }

    private List<Row> rows() throws IOException {
        var rows = new ArrayList<Row>();
        try (var files = Files.list(folder.resolve("out"))) {
            for (var file : files.filter(each -> each.toString().endsWith(".parquet")).sorted().toList()) {
                try (var parquet = ParquetFile.open(file); var reader = parquet.read(0, parquet.schema().names())) {
                    for (var row = reader.next(); row.isPresent(); row = reader.next()) {
                        rows.add(row.get());
                    }
                }
            }
        }
        return rows;
    }

    /** Reads an archive as any reader of tar does: a header of 512 bytes and the file, padded. */
    private static Map<String, byte[]> untar(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var files = new LinkedHashMap<String, byte[]>();
        int at = 0;
        while (bytes[at] != 0) {
            var name = new String(bytes, at, 100, StandardCharsets.US_ASCII);
            int size = Integer.parseInt(new String(bytes, at + 124, 11, StandardCharsets.US_ASCII), 8);
            files.put(name.substring(0, name.indexOf('\0')), Arrays.copyOfRange(bytes, at + 512, at + 512 + size));
            at += 512 + Math.ceilDiv(size, 512) * 512;
        }
        assertEquals(bytes.length, at + 1024);
        return files;
    }

    @Test
    void whateverGoesWrongIsARow() throws IOException {
        var wanted = new LinkedHashMap<String, String>();
        wanted.put("picture", "success");
        wanted.put("moved", "success");
        wanted.put("late", "success");
        wanted.put("busy", "success");
        wanted.put("otherbot", "success");
        wanted.put("missing", "answers 404");
        wanted.put("broken", "answers 500");
        wanted.put("text", "is not a picture");
        wanted.put("half", "is incomplete");
        wanted.put("empty", "is not a picture");
        wanted.put("endless", "more than the 300000 bytes");
        wanted.put("silent", "can't be fetched");
        wanted.put("cut", "can't be fetched");
        wanted.put("noai", "does not allow it (X-Robots-Tag: noai)");
        wanted.put("none", "does not allow it (X-Robots-Tag: none)");
        wanted.put("file", "is no http or https address");
        wanted.put("loop", "more than 3 redirects");
        wanted.put("huge", "is too large");
        var urls = new ArrayList<>(wanted.keySet().stream().map(path -> web.url() + path).toList());
        urls.addAll(Arrays.asList(null, "", "not an address", "ftp://example.org/x", "http://nowhere.invalid/x"));
        var done = job(urls, FetchJob.Format.WEBDATASET, 100, settings(true)).run(_ -> {});
        assertEquals(urls.size(), done.rows());
        assertEquals(5, done.successes());
        var rows = rows();
        var paths = new ArrayList<>(wanted.keySet());
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            assertEquals((long) i, row.get("id"));
            assertEquals(urls.get(i), row.get("url"));
            var said = row.get("status").equals("success") ? "success" : (String) row.get("error_message");
            var expected = i < paths.size() ? wanted.get(paths.get(i)) : "";
            assertTrue(said.contains(expected), urls.get(i) + ": " + said);
            assertEquals(i < 5, row.get("status").equals("success"), said);
        }
        assertEquals(3, web.asked("late"));
        assertEquals(3, web.asked("broken"));
        assertEquals(1, web.asked("missing"));
        assertEquals("failed_to_resize", rows.get(7).get("status"));
        assertEquals("failed_to_download", rows.get(5).get("status"));
        assertEquals(
                List.of("id", "url", "caption", "source_width", "key", "status", "error_message", "width", "height",
                        "original_width", "original_height", "sha256", "phash"),
                rows.getFirst().schema().names());
        var cat = Image.read(PICTURE);
        assertEquals(cat.width(), rows.getFirst().get("width"));
        assertEquals(PerceptualHash.of(cat), rows.getFirst().get("phash"));
        assertEquals(99, rows.getFirst().get("source_width"));
        assertNull(rows.get(6).get("phash"));
        var files = untar(folder.resolve("out/00000.tar"));
        assertArrayEquals(Files.readAllBytes(PICTURE), files.get("000000001.jpg"));
        assertEquals("text 1", new String(files.get("000000001.txt"), StandardCharsets.UTF_8));
        var json = new ObjectMapper().readTree(files.get("000000001.json"));
        assertEquals(urls.get(1), json.get("url").asText());
        assertEquals("000000001", json.get("key").asText());
        assertEquals(5 * 3 - 1, files.size(), "the fifth has no text");
    }

    @Test
    void addressesOfThisNetworkAreLeftAloneAlsoBehindARedirect() throws IOException {
        job(List.of(web.url() + "picture", web.url().replace("127.0.0.1", "localhost") + "picture",
                "http://10.0.0.1/x",
                "http://[::1]/x"), FetchJob.Format.WEBDATASET, 10, settings(false)).run(_ -> {});
        for (var row : rows()) {
            assertTrue(((String) row.get("error_message")).contains("no public address"), row.toString());
        }
        assertEquals(0, web.asked("picture"));
    }

    @Test
    void aHostIsNotAskedForMoreThanItsShareAtOnce() {
        var urls = new ArrayList<String>();
        for (int i = 0; i < 60; i++) {
            urls.add(web.url() + "picture" + i);
        }
        var done = job(urls, FetchJob.Format.PARQUET, 1000, settings(true)).run(_ -> {});
        assertEquals(60, done.successes());
        assertTrue(web.mostInFlight() <= 3, web.mostInFlight() + " at once");
    }

    @Test
    void anInterruptedJobGoesOnBehindItsLastPartAndLosesAndRepeatsNothing() throws IOException {
        var urls = new ArrayList<String>();
        for (int i = 0; i < 50; i++) {
            urls.add(web.url() + (i % 7 == 3 ? "missing" : "picture") + i);
        }
        var job = job(urls, FetchJob.Format.PARQUET, 8, settings(true));
        for (int stop : new int[] {3, 21, 8}) {
            assertThrows(IllegalStateException.class, () -> job.run(progress -> {
                if (progress.rows() == stop) {
                    throw new IllegalStateException("the power went off");
                }
            }));
        }
        job.run(_ -> {});
        var rows = rows();
        assertEquals(50, rows.size());
        var keys = new TreeSet<String>();
        for (int i = 0; i < 50; i++) {
            assertEquals((long) i, rows.get(i).get("id"));
            keys.add((String) rows.get(i).get("key"));
            assertEquals(i % 7 != 3, rows.get(i).get("image") != null);
        }
        assertEquals(50, keys.size());
        assertEquals(1, web.asked("picture0") - 1, "the first part was begun twice");
        assertEquals(0, job.run(_ -> {}).rows(), "it is complete");
        var other = new FetchJob(job.data(), "url", Optional.empty(), folder.resolve("out"), FetchJob.Format.PARQUET, 8,
                settings(true));
        assertThrows(ParquetException.class, () -> other.run(_ -> {}));
        try (var files = Files.list(folder.resolve("out"))) {
            assertEquals(9, files.count(), "seven tables, the progress and the lock");
        }
    }

    /** Fetches, says how many rows are done, and waits to be killed where it has said a certain number. */
    public static final class Child {
        private Child() {}

        public static void main(String[] args) {
            var data = Dataset.of(List.of(args[0]), null);
            new FetchJob(data, "url", Optional.of("text"), Path.of(args[1]), FetchJob.Format.WEBDATASET, 8,
                    settings(true)).run(progress -> {
                        System.out.println(progress.rows());
                        while (progress.rows() == Integer.parseInt(args[2])) {
                            LockSupport.park();
                        }
                    });
        }
    }

    @Test
    void aJobThatIsKilledAgainAndAgainLosesAndRepeatsNothing() throws IOException, InterruptedException {
        var urls = IntStream.range(0, 40).mapToObj(i -> web.url() + (i % 9 == 4 ? "missing" : "picture") + i).toList();
        var job = job(urls, FetchJob.Format.WEBDATASET, 8, settings(true));
        for (var rows : List.of("3", "13", "9")) {
            var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Child.class.getName(),
                    folder.resolve("urls.parquet").toString(), folder.resolve("out").toString(), rows)
                    .redirectErrorStream(true).start();
            try (var said = process.inputReader()) {
                var all = new ArrayList<String>();
                for (var line = said.readLine(); !rows.equals(line); line = said.readLine()) {
                    assertTrue(line != null, () -> "it ended before it was killed: " + all);
                    all.add(line);
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        var before = new ArrayList<Long>();
        job.run(progress -> before.add(progress.before()));
        assertEquals(16, before.getFirst(), "two parts were complete");
        assertEquals(2, web.asked("picture0"), "the first part was begun twice");
        assertEquals(1, web.asked("picture39"));
        var rows = rows();
        var pictures = new TreeSet<String>();
        for (int i = 0; i < 40; i++) {
            assertEquals((long) i, rows.get(i).get("id"));
            if (i % 9 != 4) {
                pictures.add(rows.get(i).get("key") + ".jpg");
            }
        }
        assertEquals(40, rows.size());
        var archived = new ArrayList<String>();
        for (int part = 0; part < 5; part++) {
            archived.addAll(untar(folder.resolve("out/0000" + part + ".tar")).keySet());
        }
        archived.removeIf(name -> !name.endsWith(".jpg"));
        assertEquals(List.copyOf(pictures), archived);
        try (var files = Files.list(folder.resolve("out"))) {
            assertEquals(12, files.count(),
                    "five tables and archives, the progress and the lock; nothing half written");
        }
    }

    @Test
    void withoutANetworkNoRowIsGivenUp() throws IOException {
        var urls = IntStream.range(0, 12).mapToObj(i -> "http://host" + i + ".invalid/x").toList();
        var job = job(urls, FetchJob.Format.PARQUET, 100, settings(true));
        var refusal = assertThrows(AvocetException.class, () -> job.run(_ -> {}));
        assertTrue(refusal.getMessage().startsWith("none of 12 hosts can be reached"), refusal.getMessage());
        assertEquals(List.of(), rows());
    }

    @Test
    void twoJobsDoNotFillAFolderAtOnce() {
        var urls = List.of(web.url() + "picture1", web.url() + "picture2");
        var job = job(urls, FetchJob.Format.PARQUET, 8, settings(true));
        var refusals = new ArrayList<String>();
        job.run(_ -> refusals
                .add(assertThrows(ParquetException.class, () -> job.run(_ -> {})).getMessage()));
        assertEquals(3, refusals.size());
        assertTrue(refusals.getFirst().contains("is being filled by another process"), refusals.toString());
    }

    @Test
    void hashesAreThoseOfImageHash() throws IOException {
        var golden =
                new ObjectMapper().readTree(Path.of("src/test/resources/coyo/evaluation.json").toFile()).get("phash");
        golden.properties().forEach(each -> assertEquals(each.getValue().asText(),
                PerceptualHash.of(Image.read(Path.of("../models/samples", each.getKey()))), each.getKey()));
    }
}
