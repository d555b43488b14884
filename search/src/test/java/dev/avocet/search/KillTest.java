// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.models.BundledModels;
import dev.avocet.pipelines.Align;
import dev.avocet.search.Indexing.Counts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 in the middle, and then again. */
class KillTest {
    private static final Path SAMPLES = Path.of("../models/samples");
    private static final int COPIES = 3;

    @TempDir
    private Path folder;

    private int pictures;

    /** Indexes, and says how many pictures it has embedded after each of them; commits after each batch. */
    public static final class Child {
        private Child() {}

        public static void main(String[] args) {
            var counts = run(Path.of(args[0]), Path.of(args[1]), Duration.ZERO);
            System.out.println("done " + counts.embedded());
        }

        static Counts run(Path pictures, Path index, Duration betweenCommits) {
            var options = DeviceOptions.ofThreads(2);
            try (var device = Device.firstOf(options, "cpu", "reference");
                    var align = Align.load(BundledModels.tinyAlign(), device);
                    var writer = PictureIndexWriter.open(index, ModelMark.of("tiny-align", align), true, 2);
                    var source = PictureSources.of(pictures, align)) {
                var plan = new Indexing.Plan(2, 2, betweenCommits);
                return new Indexing(align, writer, plan, new Indexing.Listener() {
                    @Override
                    public void failed(String picture, String reason) {
                        System.out.println(reason);
                    }

                    @Override
                    public void progressed(Counts counts) {
                        System.out.println("embedded " + counts.embedded());
                    }
                }).run(List.of(source));
            }
        }
    }

    @BeforeEach
    void copy() throws IOException {
        for (int i = 0; i < COPIES; i++) {
            var inside = Files.createDirectories(folder.resolve("pictures/" + i));
            try (var files = Files.list(SAMPLES)) {
                for (var file : files.toList()) {
                    Files.copy(file, inside.resolve(file.getFileName()));
                    pictures++;
                }
            }
        }
    }

    @Test
    void nothingIsLostAndNothingIsTwiceWhereverTheProcessIsKilled() throws Exception {
        var index = folder.resolve("index");
        for (var when : List.of("embedded 1", "embedded 12", "embedded 9")) {
            killAt(when, index);
        }
        long before = Files.isDirectory(index) ? sizeNow(index) : 0;
        assertTrue(before >= 1, "what was committed is there");
        var counts = Child.run(folder.resolve("pictures"), index, Duration.ofHours(1));
        assertEquals(pictures, counts.embedded() + counts.unchanged());
        assertEquals(before, counts.unchanged());
        try (var open = PictureIndex.open(index)) {
            var names = open.nearest(unit(open.mark().dimensions()), pictures + 10).stream()
                    .map(hit -> hit.entry().name()).toList();
            assertEquals(pictures, names.size());
            assertEquals(pictures, names.stream().distinct().count());
        }
    }

    private static float[] unit(int dimensions) {
        var vector = new float[dimensions];
        vector[0] = 1;
        return vector;
    }

    private static long sizeNow(Path index) {
        try (var open = PictureIndex.open(index)) {
            return open.size();
        }
    }

    private void killAt(String line, Path index) throws IOException, InterruptedException {
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), Child.class.getName(),
                folder.resolve("pictures").toString(), index.toString())
                .redirectErrorStream(true).start();
        try (var said = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            var all = new StringBuilder();
            for (var each = said.readLine(); each != null && !each.equals(line); each = said.readLine()) {
                all.append(each).append('\n');
            }
            process.destroyForcibly().waitFor();
            assertTrue(!all.toString().contains("done"), "it ended before it was killed:\n" + all);
        }
    }
}
