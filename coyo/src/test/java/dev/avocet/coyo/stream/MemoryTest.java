// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.avocet.coyo.CoyoFiles;
import dev.avocet.coyo.CoyoPair;
import dev.avocet.coyo.parquet.Filter;
import dev.avocet.coyo.parquet.ParquetWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream takes the same memory however long it is: another JVM, whose heap is too small for the rows, reads all of them. */
class MemoryTest {
    @TempDir
    private Path folder;

    /** Reads what the arguments name, shuffled, and prints how many rows there were. */
    public static final class Reader {
        private Reader() {}

        public static void main(String[] args) {
            var set = Dataset.of(List.of(args), null).filter(Filter.parse("not id = -1")).shuffle(1, 1000);
            long count = 0;
            try (var rows = set.stream()) {
                for (var row = rows.next(); row.isPresent(); row = rows.next()) {
                    count++;
                }
            }
            IO.println(count);
        }
    }

    private void read(int rows, int times, String heap) throws IOException, InterruptedException {
        var file = folder.resolve("pairs.parquet");
        try (var writer = ParquetWriter.create(file, CoyoPair.SCHEMA)) {
            for (int i = 0; i < rows; i++) {
                writer.write(CoyoFiles.pair(i, 1));
            }
            writer.finish();
        }
        var command =
                new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap, "--enable-native-access=ALL-UNNAMED", "-cp",
                        System.getProperty("java.class.path"),
                        Reader.class.getName()));
        command.addAll(Collections.nCopies(times, file.toString()));
        var process = new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
        var printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(true, process.waitFor(10, TimeUnit.MINUTES));
        assertEquals(String.valueOf((long) rows * times), printed,
                () -> "see what it said: " + LastLines.of(folder.resolve("errors")));
    }

    @Test
    void aHeapOf64MegabytesReadsAnyNumberOfRows() throws Exception {
        read(60_000, 10, "64m");
    }

    @Test
    @Tag("long")
    void aHeapOf256MegabytesReadsFiveMillionRows() throws Exception {
        read(500_000, 10, "256m");
    }
}
