// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Device;
import dev.avocet.loader.image.Image;
import dev.avocet.models.BundledModels;
import dev.avocet.pipelines.Align;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job in this process. */
class EmbedJobTest {
    private static SparkSession spark;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        spark = EmbedJob.configure(SparkSession.builder())
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "localhost")
                .config("spark.sql.shuffle.partitions", "2")
                .getOrCreate();
        spark.sparkContext().setLogLevel("ERROR");
    }

    @AfterAll
    static void stop() {
        spark.stop();
        assertEquals(0, Engine.count(), "the engine is closed with its executor");
    }

    private static EmbedSettings settings(Dataset<Row> rows) {
        return new EmbedSettings("tiny-align", false, Outputs.DEVICE, 2, 3, false, EmbedJob.column(rows, null));
    }

    private EmbedReport run(Dataset<Row> rows) {
        return EmbedJob.run(rows, settings(rows), output().toString(), false);
    }

    private Path output() {
        return folder.resolve("output");
    }

    private static Map<String, float[]> expected() throws IOException {
        var vectors = new HashMap<String, float[]>();
        try (var device = Device.firstOf(Outputs.DEVICE);
                var align = Align.load(BundledModels.tinyAlign(), device);
                var files = Files.list(Outputs.SAMPLES)) {
            files.forEach(file -> vectors.put(file.getFileName().toString(), align.embed(Image.read(file))));
        }
        return vectors;
    }

    private static Dataset<Row> dataset(StructType schema, Object[]... rows) {
        return spark.createDataFrame(List.of(rows).stream().map(RowFactory::create).toList(), schema);
    }

    @Test
    void aFoldersPicturesAreEmbeddedAndThoseThatAreNoneAreRowsWithAnError() throws IOException {
        var pictures = Files.createDirectories(folder.resolve("pictures/inside"));
        try (var files = Files.list(Outputs.SAMPLES)) {
            for (var file : files.toList()) {
                Files.copy(file, pictures.resolve(file.getFileName()));
            }
        }
        Files.writeString(pictures.resolve("broken 100%.jpg"), "no picture");
        Files.writeString(pictures.resolve("notes.txt"), "not looked at");

        var report = run(EmbedJob.read(spark, List.of(folder.resolve("pictures").toString())));

        var vectors = expected();
        var rows = Outputs.rows(output());
        assertEquals(vectors.size() + 1, rows.size());
        for (var row : rows) {
            var name = Path.of(row.text("path").orElseThrow()).getFileName().toString();
            var vector = vectors.get(name);
            if (vector == null) {
                assertEquals("broken 100%.jpg", name);
                assertTrue(row.text("embedding_error").isPresent());
            } else {
                assertArrayEquals(vector, Outputs.vector(row).orElseThrow(), name);
            }
            assertEquals("tiny-align", row.get("embedding_model"));
        }
        assertEquals(rows.size(), report.rows());
        assertEquals(1, report.failed());
        assertEquals(1, report.devices().size());
    }

    @Test
    void bytesGoAndAllOtherColumnsStay() throws IOException {
        var schema = new StructType().add("key", DataTypes.StringType).add("jpg", DataTypes.BinaryType)
                .add("caption", DataTypes.StringType);
        var cat = Files.readAllBytes(Outputs.SAMPLES.resolve("cat.jpg"));
        var report =
                run(dataset(schema, new Object[] {"0", cat, "a cat"}, new Object[] {"1", null, "failed to download"}));

        var rows = Outputs.rows(output());
        assertEquals(List.of("key", "caption", "embedding", "embedding_error", "embedding_model", "embedding_device"),
                rows.getFirst().schema().names());
        var byKey = new HashMap<Object, dev.avocet.coyo.parquet.Row>();
        rows.forEach(row -> byKey.put(row.get("key"), row));
        assertArrayEquals(expected().get("cat.jpg"), Outputs.vector(byKey.get("0")).orElseThrow());
        assertEquals("failed to download", byKey.get("1").get("caption"));
        assertEquals(Map.of("the row has no picture: its column jpg is empty", 1L), report.reasons());
    }

    @Test
    void structuresOfBytesAndPathsAreReadAsHuggingFaceWritesThem() throws IOException {
        var image = new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);
        var schema = new StructType().add("image", image).add("label", DataTypes.IntegerType);
        var ship = Outputs.SAMPLES.resolve("ship.png").toAbsolutePath();
        run(dataset(schema,
                new Object[] {RowFactory.create(Files.readAllBytes(ship), "ship.png"), 1},
                new Object[] {RowFactory.create(null, ship.toString()), 2},
                new Object[] {RowFactory.create(null, null), 3}));

        var vectors = new HashMap<Object, float[]>();
        Outputs.rows(output()).forEach(row -> vectors.put(row.get("label"), Outputs.vector(row).orElse(null)));
        assertArrayEquals(expected().get("ship.png"), vectors.get(1));
        assertArrayEquals(vectors.get(1), vectors.get(2));
        assertEquals(null, vectors.get(3));
    }

    @Test
    void privateAddressesAreRefusedUnlessTheyAreAllowed() throws IOException {
        var schema = new StructType().add("url", DataTypes.StringType);
        run(dataset(schema, new Object[] {"http://127.0.0.1:9/cat.jpg"}));
        var error = Outputs.rows(output()).getFirst().text("embedding_error").orElseThrow();
        assertTrue(error.contains("no public address"), error);
    }

    @Test
    void anOutputThatIsThereAndColumnsThatWouldBeLostAreRefused() {
        var schema = new StructType().add("url", DataTypes.StringType).add("embedding", DataTypes.StringType);
        var taken = dataset(schema, new Object[] {"a", "b"});
        var refusal = assertThrows(AvocetException.class, () -> run(taken));
        assertTrue(refusal.getMessage().contains("rename or drop"), refusal.getMessage());
        assertFalse(Files.exists(output()));

        var there = assertThrows(AvocetException.class,
                () -> EmbedJob.run(taken, settings(taken), folder.toString(), false));
        assertTrue(there.getMessage().contains("exists already"), there.getMessage());

        var none = dataset(new StructType().add("number", DataTypes.IntegerType), new Object[] {1});
        assertThrows(AvocetException.class, () -> EmbedJob.column(none, null));
    }

    @Test
    void everyTaskOfAProcessUsesTheSameEngine() {
        var rows = EmbedJob.read(spark, List.of(Outputs.SAMPLES.toAbsolutePath().toString())).repartition(5);
        run(rows);
        assertEquals(1, Engine.count());
    }
}
