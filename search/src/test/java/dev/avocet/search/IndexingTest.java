// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;
import dev.avocet.loader.image.Image;
import dev.avocet.models.BundledModels;
import dev.avocet.pipelines.Align;
import dev.avocet.search.IndexException.Reason;
import dev.avocet.search.Indexing.Counts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an index has after pictures came, changed and went. */
class IndexingTest {
    private static final Path SAMPLES = Path.of("../models/samples");

    private static Device device;
    private static Align align;

    @TempDir
    private Path folder;

    private Path pictures;
    private final List<String> failures = new ArrayList<>();

    @BeforeAll
    static void load() {
        device = device();
        align = Align.load(BundledModels.tinyAlign(), device);
    }

    private static Device device() {
        try {
            return Device.firstOf("cpu");
        } catch (BackendUnavailable e) {
            return Device.firstOf("reference");
        }
    }

    @AfterAll
    static void close() {
        align.close();
        device.close();
    }

    @BeforeEach
    void copy() throws IOException {
        pictures = Files.createDirectories(folder.resolve("pictures"));
        for (var name : List.of("cat.jpg", "ship.png", "boats.jpg", "pizza.png")) {
            put(name, name);
        }
    }

    private void put(String sample, String name) throws IOException {
        Files.createDirectories(pictures.resolve(name).getParent());
        Files.write(pictures.resolve(name), Files.readAllBytes(SAMPLES.resolve(sample)));
    }

    private Path at() {
        return folder.resolve("index");
    }

    private PictureIndexWriter writer() {
        return PictureIndexWriter.open(at(), ModelMark.of("tiny-align", align), false, 2);
    }

    private Counts index(Path... sources) {
        failures.clear();
        try (var writer = writer()) {
            return index(writer, Optional.empty(), sources);
        }
    }

    private Counts index(PictureIndexWriter writer, Optional<Integer> stopAfter, Path... sources) {
        var job = new AtomicInteger();
        var jobs = new Indexing[1];
        // One by one where it is to be stopped in the middle.
        var plan = stopAfter.isPresent() ? Indexing.Plan.of(1, 1) : Indexing.Plan.of(2, 2);
        var indexing = new Indexing(align, writer, plan, new Indexing.Listener() {
            @Override
            public void failed(String picture, String reason) {
                failures.add(reason);
            }

            @Override
            public void progressed(Counts counts) {
                if (stopAfter.isPresent() && job.incrementAndGet() >= stopAfter.get()) {
                    jobs[0].stop();
                }
            }
        });
        jobs[0] = indexing;
        var open = List.of(sources).stream().map(source -> PictureSources.of(source, align)).toList();
        try {
            return indexing.run(open);
        } finally {
            open.forEach(PictureSource::close);
        }
    }

    private List<String> names() {
        try (var index = PictureIndex.open(at())) {
            return index.search(align, "anything", 100).stream().map(hit -> hit.entry().name()).sorted().toList();
        }
    }

    private static void assertCounts(Counts counts, long embedded, long unchanged, long failed, long removed) {
        assertEquals(new Counts(embedded, unchanged, failed, removed, true), counts);
    }

    @Test
    void picturesAreFoundByTextsAndByPicturesWithTheCosinesOfTheirEmbeddings() {
        index(pictures);
        try (var index = PictureIndex.open(at())) {
            var text = align.embed("a photo of a ship");
            float before = 1;
            for (var hit : index.search(align, "a photo of a ship", 4)) {
                var picture = align.embed(Image.read(pictures.resolve(hit.entry().name())));
                assertEquals(dot(text, picture), hit.score(), 1e-5);
                assertTrue(hit.score() <= before, "best first");
                before = hit.score();
            }
            var image = Image.read(SAMPLES.resolve("cat.jpg"));
            var hits = index.search(align, image, 2);
            assertEquals("cat.jpg", hits.getFirst().entry().name());
            assertEquals(1, hits.getFirst().score(), 1e-5);
            var other = align.embed(Image.read(pictures.resolve(hits.get(1).entry().name())));
            assertEquals(dot(align.embed(image), other), hits.get(1).score(), 1e-5);
            var entry = hits.getFirst().entry();
            assertEquals((long) image.width(), entry.fields().get("width"));
            assertEquals((long) image.height(), entry.fields().get("height"));
            assertEquals(192, Math.max(Image.read(entry.thumbnail()).width(), Image.read(entry.thumbnail()).height()));
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Test
    void onlyWhatIsNewOrChangedIsEmbeddedAndWhatIsGoneGoes() throws IOException {
        assertCounts(index(pictures), 4, 0, 0, 0);
        assertCounts(index(pictures), 0, 4, 0, 0);

        put("frog.png", "inside/frog.png");
        put("frog.png", "cat.jpg");
        Files.delete(pictures.resolve("boats.jpg"));
        Files.setLastModifiedTime(pictures.resolve("pizza.png"), FileTime.fromMillis(1));

        assertCounts(index(pictures), 2, 2, 0, 1);
        assertEquals(List.of("cat.jpg", "inside/frog.png", "pizza.png", "ship.png"), names());
        try (var index = PictureIndex.open(at())) {
            var frogs = index.search(align, Image.read(SAMPLES.resolve("frog.png")), 2);
            assertEquals(1, frogs.get(0).score(), 1e-5);
            assertEquals(1, frogs.get(1).score(), 1e-5);
        }
        assertCounts(index(pictures), 0, 4, 0, 0);
    }

    @Test
    void badPicturesAreToldOfAndLeftOutAndWhatCannotBeReadNowStays() throws IOException {
        index(pictures);
        Files.writeString(pictures.resolve("new.jpg"), "no picture");
        Files.writeString(pictures.resolve("cat.jpg"), "no picture any more");
        assertCounts(index(pictures), 0, 3, 2, 1);
        assertEquals(2, failures.size());
        assertTrue(failures.stream().allMatch(each -> each.contains(pictures.toString())), failures.toString());
        assertEquals(List.of("boats.jpg", "pizza.png", "ship.png"), names());
    }

    @Test
    void aRunThatIsStoppedKeepsWhatItDidAndTheNextOneDoesTheRest() {
        Counts first;
        try (var writer = writer()) {
            first = index(writer, Optional.of(1), pictures);
        }
        assertTrue(!first.isComplete() && first.embedded() >= 1 && first.embedded() < 4, first.toString());
        assertEquals(first.embedded(), names().size());
        assertCounts(index(pictures), 4 - first.embedded(), first.embedded(), 0, 0);
        assertEquals(4, names().size());
    }

    @Test
    void whatWasNotCommittedIsAsIfItHadNeverBeenPut() {
        try (var writer = writer()) {
            index(writer, Optional.of(1), pictures);
            writer.put(entry("lost"), align.embed("lost"));
        }
        assertTrue(!names().contains("lost"));
    }

    private static Entry entry(String name) {
        return new Entry("nowhere", name, 0, new byte[0], new java.util.LinkedHashMap<>(), new byte[0]);
    }

    @Test
    void sourcesDontTouchEachOthersPictures() throws IOException {
        var other = Files.createDirectories(folder.resolve("other"));
        Files.copy(SAMPLES.resolve("rocket.jpg"), other.resolve("cat.jpg"));
        index(pictures);
        assertCounts(index(other), 1, 0, 0, 0);
        assertEquals(5, names().size());
        Files.delete(other.resolve("cat.jpg"));
        assertCounts(index(other), 0, 0, 0, 1);
        assertEquals(4, names().size());
    }

    @Test
    void parquetRowsAreKnownByTheirIdAndTheirColumnsAreKept() throws IOException {
        var file = folder.resolve("shard.parquet");
        writeShard(file, "a cat", "cat.jpg");
        assertCounts(index(file), 2, 0, 1, 0);
        assertTrue(failures.getFirst().contains("failed to download"), failures.toString());
        assertCounts(index(file), 0, 2, 1, 0);
        writeShard(file, "another caption", "cat.jpg");
        assertCounts(index(file), 0, 2, 1, 0);
        writeShard(file, "another caption", "frog.png");
        assertCounts(index(file), 1, 1, 1, 0);
        try (var index = PictureIndex.open(at())) {
            var hit = index.search(align, Image.read(SAMPLES.resolve("frog.png")), 1).getFirst();
            assertEquals("7", hit.entry().name());
            assertEquals("another caption", hit.entry().fields().get("caption"));
            assertEquals(7L, hit.entry().fields().get("id"));
        }
    }

    private static void writeShard(Path file, String caption, String picture) throws IOException {
        var schema = Schema.of(Column.of("id", ValueType.INT64), Column.of("jpg", ValueType.BINARY),
                Column.of("caption", ValueType.STRING), Column.of("error_message", ValueType.STRING));
        try (var writer = ParquetWriter.create(file, schema)) {
            writer.write(7L, Files.readAllBytes(SAMPLES.resolve(picture)), caption, null);
            writer.write(8L, null, "gone", "failed to download: 404");
            writer.write(7L, Files.readAllBytes(SAMPLES.resolve("ship.png")), "the same id again", null);
            writer.finish();
        }
    }

    @Test
    void vectorsThatTheModelMadeBeforeAreTakenAndThoseOfAnotherAreNot() {
        var file = folder.resolve("vectors.parquet");
        var schema = Schema.of(Column.of("path", ValueType.STRING), Column.listOf("embedding", ValueType.FLOAT),
                Column.of("embedding_model", ValueType.STRING));
        try (var writer = ParquetWriter.create(file, schema)) {
            writer.write("/far/cat.jpg", align.embed("a photo of a cat"), align.name());
            writer.write("/far/dog.jpg", align.embed("a photo of a dog"), "some/other");
            writer.write("/far/frog.jpg", null, align.name());
            writer.finish();
        }
        assertCounts(index(file), 1, 0, 2, 0);
        try (var index = PictureIndex.open(at())) {
            var hit = index.search(align, "a photo of a cat", 3).getFirst();
            assertEquals("/far/cat.jpg", hit.entry().place());
            assertEquals(1, hit.score(), 1e-5);
        }
    }

    @Test
    void anotherModelAndAnotherWriterAreRefused() {
        index(pictures);
        var mark = ModelMark.of("tiny-align", align);
        var other = new ModelMark("other", /* picture= */ mark.text(), /* text= */ mark.picture());
        assertReason(Reason.OTHER_MODEL, () -> PictureIndexWriter.open(at(), other, false, 1));
        assertReason(Reason.OTHER_SETTINGS, () -> PictureIndexWriter.open(at(), mark, true, 1));
        try (var writer = writer()) {
            assertEquals(4, writer.size());
            assertReason(Reason.IN_USE, this::writer);
        }
        assertReason(Reason.NO_INDEX, () -> PictureIndexWriter.open(pictures, mark, false, 1));
        assertReason(Reason.NO_INDEX, () -> PictureIndex.open(folder.resolve("nowhere")));
        assertReason(Reason.NO_INDEX, () -> PictureIndex.open(pictures));
    }

    private static void assertReason(Reason reason, org.junit.jupiter.api.function.Executable attempt) {
        assertEquals(reason, assertThrows(IndexException.class, attempt).reason());
    }

    @Test
    void aChangedFileOfAnIndexIsNoticed() throws IOException {
        index(pictures);
        try (var files = Files.list(at())) {
            for (var file : files.filter(each -> each.getFileName().toString().startsWith("segments")).toList()) {
                Files.write(file, new byte[] {1, 2, 3});
            }
        }
        assertReason(Reason.DAMAGED, () -> PictureIndex.open(at()));
    }

    @Test
    void aVectorIsTheSameBitsAfterItWasPutAgain() throws IOException {
        index(pictures);
        Files.writeString(pictures.resolve("cat.txt"), "the cat of the house");
        assertCounts(index(pictures), 0, 4, 0, 0);
        try (var index = PictureIndex.open(at())) {
            var hit = index.search(align, Image.read(SAMPLES.resolve("cat.jpg")), 1).getFirst();
            assertEquals("the cat of the house", hit.entry().fields().get("text"));
        }
        try (var writer = writer(); var known = writer.known(pictures.toRealPath().toString())) {
            assertArrayEquals(align.embed(Image.read(SAMPLES.resolve("cat.jpg"))),
                    known.find("cat.jpg").orElseThrow().vector());
        }
    }
}
