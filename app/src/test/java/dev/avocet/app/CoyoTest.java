// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.avocet.coyo.CoyoPair;
import dev.avocet.coyo.parquet.ParquetFile;
import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;
import dev.avocet.coyo.parquet.WriterOptions;
import dev.avocet.loader.hub.HubSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoyoTest {
    private static final Path PUBLISHED = Path.of("../coyo/src/test/resources/coyo/rows.jsonl");

    @TempDir
    private static Path folder;
    private static Path nine;
    private static Path many;

    @BeforeAll
    static void write() throws IOException {
        nine = folder.resolve("nine.parquet");
        many = folder.resolve("many.parquet");
        var rows = new ArrayList<CoyoPair>();
        for (var line : Files.readAllLines(PUBLISHED)) {
            rows.add(pair(Cli.parse(line)));
        }
        try (var writer = ParquetWriter.create(nine, CoyoPair.SCHEMA)) {
            rows.forEach(row -> writer.write(row.toRow()));
            writer.finish();
        }
        try (var writer =
                ParquetWriter.create(many, CoyoPair.SCHEMA, WriterOptions.DEFAULT.withGroupRows(300), Map.of())) {
            for (long id = 0; id < 1000; id++) {
                writer.write(withId(rows.get((int) (id % 9)), id).toRow());
            }
            writer.finish();
        }
    }

    private static CoyoPair withId(CoyoPair p, long id) {
        return new CoyoPair(id, p.url(), p.text(), p.width(), p.height(), p.imagePhash(), p.textLength(), p.wordCount(),
                p.numTokensBert(), p.numTokensGpt(), p.numFaces(), p.clipSimilarityVitb32(), p.clipSimilarityVitl14(),
                p.nsfwScoreOpennsfw2(), p.nsfwScoreGantman(), p.watermarkScore(), p.aestheticScoreLaionV2());
    }

    private static CoyoPair pair(JsonNode row) {
        return new CoyoPair(row.get("id").asLong(), row.get("url").asText(), row.get("text").asText(),
                row.get("width").asInt(),
                row.get("height").asInt(), row.get("image_phash").asText(), row.get("text_length").asInt(),
                row.get("word_count").asInt(), row.get("num_tokens_bert").asInt(), row.get("num_tokens_gpt").asInt(),
                row.get("num_faces").asInt(), row.get("clip_similarity_vitb32").asDouble(),
                row.get("clip_similarity_vitl14").asDouble(), row.get("nsfw_score_opennsfw2").asDouble(),
                row.get("nsfw_score_gantman").asDouble(), row.get("watermark_score").asDouble(),
                row.get("aesthetic_score_laion_v2").asDouble());
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void headPrintsTheAnnouncementsRowWithItsKeysInTheirOrder() throws IOException {
        var lines = Files.readAllLines(PUBLISHED);
        var printed = Cli.ok("coyo", "head", nine, "--json", "-n", 9);
        for (int i = 0; i < 9; i++) {
            var wanted = Cli.parse(lines.get(i));
            assertEquals(wanted, printed.json().get(i));
            assertEquals(names(wanted), names(printed.json().get(i)));
        }
        var text = Cli.ok("coyo", "head", nine, "-n", 1).outLines();
        assertEquals(17, text.size());
        assertEquals("text                      Olive oil infused with Tuscany herbs", text.get(2));
    }

    @Test
    void infoKnowsColumnsAndRowsFromTheFooters() {
        var json = Cli.ok("coyo", "info", nine, many, "--json").json().getFirst();
        assertEquals(1009, json.get("rows").asInt());
        assertEquals(CoyoPair.SCHEMA.names(), names(json.get("features")));
        assertEquals("float64", json.get("features").get("watermark_score").asText());
        assertEquals(4, json.get("files").get(1).get("row_groups").asInt());
        assertTrue(Cli.ok("coyo", "info", folder).out().startsWith("1,009 rows in 2 files"));
    }

    @Test
    void statsShowEachColumnAndWhatCannotBeRight() {
        var json = Cli.ok("coyo", "stats", many, "--json").json().getFirst();
        assertEquals(0, json.get("rows_outside_published").asInt());
        assertEquals(227, json.get("columns").get("width").get("min").asInt());
        assertEquals(21449, json.get("columns").get("width").get("published_max").asInt());
        var text = Cli.ok("coyo", "stats", nine).out();
        assertTrue(text.contains("all values lie between the published minima and maxima"), text);
        for (var line : text.lines().toList()) {
            assertTrue(DisplayText.width(line) <= 120, line);
        }
    }

    @Test
    void filterPrintsOrWritesWhatIsWanted(@TempDir Path written) {
        var where = "clip_similarity_vitb32 > 0.3 and watermark_score < 0.5 and num_faces = 0";
        var printed = Cli.ok("coyo", "filter", nine, "--where", where).json();
        assertEquals(4, printed.size());
        var out = written.resolve("out");
        Cli.ok("coyo", "filter", nine, "--where", where, "--output", out + ".parquet", "--columns", "text,id");
        Cli.ok("coyo", "filter", nine, "--where", where, "--output", out + ".jsonl");
        try (var file = ParquetFile.open(Path.of(out + ".parquet"))) {
            assertEquals(4, file.rows());
            assertEquals(List.of("text", "id"), file.schema().names());
        }
        assertEquals(Cli.ok("coyo", "filter", nine, "--where", where).out(), read(Path.of(out + ".jsonl")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void partsTogetherHaveEachRowOnceAndStepsActInTheirOrder() {
        var ids = new ArrayList<Long>();
        for (int part = 0; part < 3; part++) {
            Cli.ok("coyo", "filter", many, "--columns", "id", "--shard", part + "/3").json()
                    .forEach(row -> ids.add(row.get("id").asLong()));
        }
        assertEquals(LongStream.range(0, 1000).boxed().toList(), ids.stream().sorted().toList());
        var some = Cli.ok("coyo", "filter", many, "--columns", "id", "--where", "not id < 100", "--skip", 5, "--take",
                2);
        assertEquals("{\"id\":105}\n{\"id\":106}\n", some.out());
    }

    @Test
    void aFolderIsFilledFromWhereItWasLeft(@TempDir Path written) throws IOException {
        var out = written.resolve("parts");
        Object[] command =
                {"coyo", "filter", many, "--shuffle", 3, "--buffer", 50, "--rows-per-file", 300, "--output", out + "/"};
        Cli.ok(command);
        var whole = ids(out);
        assertEquals(LongStream.range(0, 1000).boxed().toList(), whole.stream().sorted().toList());
        assertTrue(Cli.run(command).complaint().contains("is complete: 1000 rows in 4 files"));
        var again = folder.resolve("again");
        Cli.ok("coyo", "filter", many, "--take", 600, "--shuffle", 3, "--output", again + "/", "--rows-per-file", 300);
        assertEquals(600, ids(again).size());
        var other = Cli.run("coyo", "filter", many, "--output", out + "/");
        assertEquals(1, other.code());
        assertTrue(other.complaint().contains("holds the output of another job"));
    }

    @Test
    void anInterruptedCommandGoesOnAndLosesAndRepeatsNoRow() throws IOException {
        var data = Files.createDirectory(folder.resolve("interrupted"));
        var second = data.resolve("b.parquet");
        Files.copy(many, data.resolve("a.parquet"));
        Files.copy(many, second);
        var whole = Files.readAllBytes(second);
        var time = Files.getLastModifiedTime(second);
        var damaged = whole.clone();
        Arrays.fill(damaged, whole.length / 4, whole.length / 2, (byte) 0);
        Files.write(second, damaged);
        Files.setLastModifiedTime(second, time);
        var out = folder.resolve("resumed");
        Object[] command = {"coyo", "filter", data, "--rows-per-file", 150, "--output", out + "/"};
        var broken = Cli.run(command);
        assertEquals(1, broken.code(), broken.err());
        int before = ids(out).size();
        assertTrue(before >= 900 && before < 2000, before + " rows");
        Files.write(second, whole);
        Files.setLastModifiedTime(second, time);
        var resumed = Cli.run(command);
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.complaint().contains("going on behind the " + before + " rows"), resumed.err());
        assertEquals(LongStream.range(0, 2000).map(i -> i % 1000).boxed().toList(), ids(out));
    }

    @Test
    void fetchMakesARowOfWhatCannotBeFetched() throws IOException {
        var file = folder.resolve("urls.parquet");
        var schema = Schema.of(
                dev.avocet.coyo.parquet.Column.of("address", ValueType.STRING));
        try (var writer = ParquetWriter.create(file, schema)) {
            writer.write("http://127.0.0.1:1/x.jpg");
            writer.write("file:///etc/passwd");
            writer.finish();
        }
        var out = folder.resolve("fetched");
        var online = new HubSettings(URI.create("http://hub.invalid"), Path.of("target/no-cache"), "", false, true,
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(1));
        Object[] command = {"coyo", "fetch", file, "--output", out, "--url-column", "address", "--retries", 0,
            "--private-addresses"};
        var result = Cli.withHub(online, command);
        assertEquals(0, result.code(), result.err());
        assertEquals("2 rows, 0 pictures of 0 B, 2 failed", result.complaint());
        assertEquals(out + " is complete", Cli.withHub(online, command).complaint());
        var rows = Cli.ok("coyo", "head", out, "--json").json();
        assertEquals("failed_to_download", rows.getFirst().get("status").asText());
        assertTrue(Files.exists(out.resolve("00000.tar")));
    }

    private static List<Long> ids(Path folder) throws IOException {
        var ids = new ArrayList<Long>();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(each -> each.toString().endsWith(".parquet")).sorted().toList()) {
                try (var parquet = ParquetFile.open(file)) {
                    for (int group = 0; group < parquet.groups().size(); group++) {
                        try (var rows = parquet.read(group, List.of("id"))) {
                            for (var row = rows.next(); row.isPresent(); row = rows.next()) {
                                ids.add((Long) row.get().get(0));
                            }
                        }
                    }
                }
            }
        }
        return ids;
    }

    @Test
    void mistakesAreSaidInOneLine() {
        var wrong = Map.of(
                "coyo head " + folder + "/none.parquet", "does not exist",
                "coyo head " + nine + " --where num_face=0", "column 1: there is no column \"num_face\"",
                "coyo head " + nine + " --where num_faces>", "column 11: wanted a column's name",
                "coyo stats " + nine + " --columns a", "there is no column \"a\"",
                "coyo head " + PUBLISHED, "can't be read as parquet",
                "coyo info hf://datasets/kakaobrain", "names no data set",
                "coyo fetch " + nine + " --output " + folder + "/fetched --offline",
                "not fetched, because the network");
        wrong.forEach((command, words) -> {
            var result = Cli.run((Object[]) command.split(" "));
            assertEquals(1, result.code(), command);
            assertTrue(result.complaint().contains(words), result.err());
        });
        assertEquals(2, Cli.run("coyo").code());
        var noPart = Cli.run("coyo", "head", nine, "--shard", "3/3");
        assertEquals(2, noPart.code());
        assertTrue(noPart.err().contains("'3/3' is no part such as 0/8"), noPart.err());
        assertEquals(2, Cli.run("coyo", "filter", nine, "--output", "x.csv").code());
    }
}
