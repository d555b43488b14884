// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.stream;

import dev.avocet.coyo.CoyoPair;
import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.stream.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Streams a file of COYO's shape to its end, {@code PASSES} times, and prints how many rows a second each time: {@code FILE PASSES [ROWS]}. */
public final class StreamRows {
    private StreamRows() {}

    /** Writes the file first where it is not there. */
    public static void main(String[] args) {
        var file = Path.of(args[0]);
        if (!Files.exists(file)) {
            write(file, Integer.parseInt(args[2]));
        }
        var set = Dataset.of(List.of(args[0]), null);
        for (int pass = 0; pass < Integer.parseInt(args[1]); pass++) {
            long start = System.nanoTime();
            long rows = 0;
            try (var stream = set.stream()) {
                for (var row = stream.next(); row.isPresent(); row = stream.next()) {
                    rows++;
                }
            }
            IO.println("avocet " + Math.round(rows / ((System.nanoTime() - start) / 1e9)) + " rows/s");
        }
    }

    private static void write(Path file, int rows) {
        var random = new SplittableRandom(1);
        try (var writer = ParquetWriter.create(file, CoyoPair.SCHEMA)) {
            for (int i = 0; i < rows; i++) {
                var url = "https://cdn.example.org/s/files/1/" + Long.toHexString(random.nextLong())
                        + "/products/picture_"
                        + Integer.toHexString(random.nextInt()) + "_800x.jpg?v=" + random.nextInt(100_000_000);
                var text = "a photo of thing number " + i + " from " + Long.toString(random.nextLong() >>> 8, 36);
                writer.write(new CoyoPair((long) i, url, text, 200 + random.nextInt(1800), 200 + random.nextInt(1500),
                        String.format("%016x", random.nextLong()), text.length(), 7, 12, 13, random.nextInt(3),
                        random.nextDouble(0.5), random.nextDouble(0.5), random.nextDouble(0.4), random.nextDouble(0.4),
                        random.nextDouble(), 4 + random.nextDouble(2)).toRow());
            }
            writer.finish();
        }
    }
}
