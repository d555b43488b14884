// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.avocet.core.backend.Device;
import dev.avocet.loader.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Neighbours, recall and intervals are those of scikit-learn and SciPy, and of plain loops. */
class EvaluationTest {
    private static Device device;
    private static JsonNode golden;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() throws IOException {
        device = Device.firstOf("cpu", "reference");
        golden = new ObjectMapper().readTree(Path.of("src/test/resources/coyo/evaluation.json").toFile());
    }

    @AfterAll
    static void close() {
        device.close();
    }

    /** The same numbers as evaluation_goldens.py has. */
    private static float[][] vectors(long seed, int rows, int width) {
        var vectors = raw(seed, rows, width);
        Arrays.stream(vectors).forEach(EvaluationTest::normalise);
        return vectors;
    }

    private static float[][] raw(long seed, int rows, int width) {
        long state = seed;
        var vectors = new float[rows][width];
        for (var row : vectors) {
            for (int i = 0; i < width; i++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                row[i] = (float) ((state >>> 40) / (double) (1 << 23) - 1);
            }
        }
        return vectors;
    }

    private static void normalise(float[] vector) {
        double square = 0;
        for (float each : vector) {
            square += (double) each * each;
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static int[] ints(JsonNode array) {
        var ints = new int[array.size()];
        Arrays.setAll(ints, i -> array.get(i).asInt());
        return ints;
    }

    @Test
    void neighboursAreThoseOfScikitLearnAndOfPlainLoops() {
        var gallery = vectors(1, 3000, 12);
        var queries = vectors(2, 500, 12);
        try (var neighbours = new Neighbours(device, gallery)) {
            var found = neighbours.nearest(queries, 10);
            for (int i = 0; i < queries.length; i++) {
                var query = queries[i];
                assertArrayEquals(ints(golden.get("nearest").get(i)), found[i]);
                var plain = IntStream.range(0, gallery.length).boxed()
                        .sorted(Comparator.comparingDouble((Integer j) -> -dot(query, gallery[j])))
                        .limit(10).mapToInt(Integer::intValue).toArray();
                assertArrayEquals(plain, found[i]);
            }
            assertEquals(3000, neighbours.nearest(new float[][] {queries[0]}, 5000)[0].length);
        }
    }

    @Test
    void equalNeighboursComeInTheirOrder() {
        var same = new float[5][];
        Arrays.fill(same, new float[] {0.6f, 0.8f});
        try (var neighbours = new Neighbours(device, same)) {
            assertArrayEquals(new int[] {0, 1, 2}, neighbours.nearest(same, 3)[4]);
        }
    }

    @Test
    void classesAreThoseOfScikitLearn() {
        var gallery = vectors(1, 3000, 12);
        var classes = IntStream.range(0, 3000).map(i -> (i * 7919 + i / 5) % 23).toArray();
        var queries = vectors(2, 500, 12);
        golden.get("knn").properties().forEach(each -> {
            try (var classifier = new KnnClassifier(device, gallery, classes, Integer.parseInt(each.getKey()))) {
                assertArrayEquals(ints(each.getValue()), classifier.classify(queries), "k = " + each.getKey());
            }
        });
    }

    @Test
    void recallIsThatOfPlainLoops() {
        var images = vectors(3, 200, 8);
        var owner = IntStream.range(0, 900).map(i -> i < 200 ? i : i * 31 % 200).toArray();
        var texts = vectors(4, 900, 8);
        for (int i = 0; i < texts.length; i++) {
            for (int d = 0; d < 8; d++) {
                texts[i][d] = images[owner[i]][d] + 0.9f * texts[i][d];
            }
            normalise(texts[i]);
        }
        var metrics = Retrieval.recall(device, images, texts, owner);
        for (int i = 0; i < 6; i++) {
            assertEquals(golden.get("recall").get(i).asDouble(), metrics.get(i).value(), 1e-12, metrics.get(i).name());
            assertEquals(i < 3 ? 200 : 900, metrics.get(i).cases());
            var interval = metrics.get(i).interval();
            assertTrue(interval.low() < metrics.get(i).value() && metrics.get(i).value() < interval.high());
        }
        assertEquals(metrics, Retrieval.recall(device, images, texts, owner), "the seed is fixed");
    }

    @Test
    void wilsonsIntervalsAreThoseOfScipy() {
        golden.get("wilson").properties().forEach(each -> {
            var parts = each.getKey().split("/");
            var interval = Confidence.wilson(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
            assertEquals(each.getValue().get(0).asDouble(), interval.low(), 1e-12);
            assertEquals(each.getValue().get(1).asDouble(), interval.high(), 1e-12);
        });
        assertEquals(new Metric.Interval(0, 1), Confidence.wilson(0, 0));
    }

    @Test
    void realKnowsPicturesByTheirNumberAndSkipsThoseWithoutLabels() throws IOException {
        var file = Files.writeString(folder.resolve("real.json"), "[[3, 5], [], [999]]");
        var real = RealLabels.read(file);
        assertEquals(Optional.of(Set.of(3, 5)), real.of(Path.of("n01440764/ILSVRC2012_val_00000001.JPEG")));
        assertEquals(Optional.empty(), real.of(Path.of("ILSVRC2012_val_00000002.JPEG")));
        assertThrows(EvaluationException.class, () -> real.of(Path.of("ILSVRC2012_val_00000004.JPEG")));
        assertThrows(EvaluationException.class, () -> real.of(Path.of("cat.jpg")));
        for (var wrong : List.of("{}", "[1]", "[[1]", "[[\"a\"]]", "")) {
            Files.writeString(file, wrong);
            assertThrows(EvaluationException.class, () -> RealLabels.read(file), wrong);
        }
    }

    @Test
    void karpathysFileGivesTheSplitWithAllSentences() throws IOException {
        Files.createDirectories(folder.resolve("val2014"));
        Files.write(folder.resolve("val2014/b.jpg"), new byte[1]);
        var file = Files.writeString(folder.resolve("dataset.json"),
                """
                        {"images": [
                          {"filepath": "val2014", "sentids": [1], "filename": "a.jpg", "split": "train", "sentences": [{"raw": "x"}]},
                          {"filepath": "val2014", "filename": "b.jpg", "imgid": 0, "split": "test", "cocoid": 5, "sentences": [
                            {"tokens": ["a", "dog"], "raw": "A dog.", "imgid": 0}, {"raw": "Ein Hund  \\u00e9"}, {"raw": "6"}]},
                          {"filename": "c.jpg", "split": "test", "sentences": [{"raw": "A cat."}]}], "dataset": "coco"}""");
        var captions = Captions.ofKarpathy(folder, file, "test");
        assertEquals("coco", captions.data());
        assertEquals(List.of(folder.resolve("val2014/b.jpg"), folder.resolve("c.jpg")), captions.pictures());
        assertEquals(List.of("A dog.", "Ein Hund  é", "6", "A cat."), captions.texts());
        assertArrayEquals(new int[] {0, 0, 0, 1}, captions.pictureOf());
        assertTrue(assertThrows(EvaluationException.class, () -> Captions.ofKarpathy(folder, file, "val")).getMessage()
                .contains("it has train, test"));
        for (var wrong : List.of("[]", "{\"images\": []}", "{\"images\": [{}]}", "{\"images\": [{\"filename\": \"a\"",
                "")) {
            Files.writeString(file, wrong);
            assertThrows(EvaluationException.class, () -> Captions.ofKarpathy(folder, file, "test"), wrong);
        }
    }

    @Test
    void annotationsAreReadAsTheyArePublished() throws IOException {
        for (int i = 1; i < 4; i++) {
            Files.write(folder.resolve("ILSVRC2012_val_0000000" + i + ".JPEG"), new byte[1]);
        }
        var caffe = Files.writeString(folder.resolve("val.txt"), """
                ILSVRC2012_val_00000001.JPEG 65
                ILSVRC2012_val_00000003.JPEG 970
                """);
        var pictures = LabelledPictures.ofFile(folder, caffe);
        assertArrayEquals(new int[] {65, 970}, pictures.labels());
        assertArrayEquals(IntStream.range(0, 971).toArray(),
                pictures.amongLabels(IntStream.range(0, 1000).mapToObj(i -> "label " + i).toList()));
        var kaggle = Files.writeString(folder.resolve("LOC_val_solution.csv"), """
                ImageId,PredictionString
                ILSVRC2012_val_00000002,n03995372 85 1 499 272
                ILSVRC2012_val_00000001,n01751748 1 2 3 4 n01751748 5 6 7 8
                """);
        pictures = LabelledPictures.ofFile(folder, kaggle);
        assertEquals(List.of("n01751748", "n03995372"), pictures.classes());
        assertArrayEquals(new int[] {1, 0}, pictures.labels());
        var own = Files.writeString(folder.resolve("own.csv"), "ILSVRC2012_val_00000002.JPEG,Tabby Cat\n");
        assertArrayEquals(new int[] {1},
                LabelledPictures.ofFile(folder, own).amongLabels(List.of("dog", "tabby, tabby cat")));
        assertThrows(EvaluationException.class,
                () -> LabelledPictures.ofFile(folder, own).amongLabels(List.of("dog", "bird")));
        Files.writeString(own, "nothing.jpg,cat\n");
        assertThrows(EvaluationException.class, () -> LabelledPictures.ofFile(folder, own));
    }

    @Test
    void embeddingsSurviveTheirFile() {
        var table = new EmbeddingTable(List.of("a.jpg", "b.jpg"), new int[] {2, 0}, List.of("cat", "1", "dog"),
                vectors(5, 2, 640));
        table.write(folder.resolve("embeddings.parquet"));
        var read = EmbeddingTable.read(folder.resolve("embeddings.parquet"));
        assertEquals(table.paths(), read.paths());
        assertArrayEquals(table.labels(), read.labels());
        assertEquals(table.classes(), read.classes());
        assertTrue(Arrays.deepEquals(table.embeddings(), read.embeddings()));
    }

    @Test
    void aChartIsAPicture() throws IOException {
        var metric = Confidence.share("top-1", 43_360, 50_000);
        var png = Chart.png(new Evaluation("imagenet", "vit", "one view", List.of(metric, metric.beside(
                Optional.of(new Metric.Published(0.8672, "others"))))));
        Files.write(folder.resolve("chart.png"), png);
        var picture = Image.read(folder.resolve("chart.png"));
        assertEquals(1520, picture.width());
        assertTrue(Arrays.stream(new int[] {0, picture.height() - 1}).allMatch(y -> picture.rgb(0, y) == 0xFFFFFF));
    }
}
