// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo;

import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.WriterOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** Files as COYO's are, with what no one expects in them. */
public final class CoyoFiles {
    private static final String[] TEXTS =
            {"a dog in a field", "", "👩‍👩‍👧‍👦 family 𝒳", "日本語の本", "x".repeat(5000), "\u0000", "line\nbreak",
                "\"quoted\""};

    private CoyoFiles() {}

    /** A pair, of which the seed and the id alone decide; every tenth has something missing or absurd. */
    public static Row pair(long id, long seed) {
        var random = new Random(seed * 31 + id);
        boolean isOdd = id % 10 == 3;
        var text = isOdd ? TEXTS[random.nextInt(TEXTS.length)] : "picture number " + id + " of a thing";
        Integer width = isOdd
                ? List.of(0, -1, Integer.MAX_VALUE, 21449).get(random.nextInt(4))
                : (Integer) (200 + random.nextInt(1000));
        Double similarity = isOdd && random.nextBoolean() ? Double.NaN : (Double) (random.nextInt(1 << 12) / 8192.0);
        return new CoyoPair(id, random.nextInt(40) == 0 ? null : "https://example.org/pictures/" + id + ".jpg",
                isOdd && random.nextInt(3) == 0 ? null : text, width, 200 + random.nextInt(800),
                isOdd ? null : String.format("%016x", random.nextLong()), text.length(), text.split(" ", -1).length,
                3 + random.nextInt(20), 3 + random.nextInt(20), isOdd ? null : (Integer) random.nextInt(3), similarity,
                random.nextDouble() * 0.5, random.nextDouble() * 0.4, random.nextDouble(), random.nextDouble(),
                4 + random.nextDouble()).toRow();
    }

    /** A labeled picture, with as many labels as COYO's have, or none, or no list. */
    public static Row labeled(long id) {
        var random = new Random(id);
        int count = id % 7 == 2 ? 0 : 50;
        var labels = random.ints(0, 21_841).distinct().limit(count).toArray();
        var probabilities = new float[count];
        float left = 1;
        for (int i = 0; i < count; i++) {
            probabilities[i] = left * 0.4f;
            left -= probabilities[i];
        }
        boolean isMissing = id % 11 == 5;
        return new CoyoLabeled(id, "https://example.org/" + id, "00ff", isMissing ? null : labels,
                isMissing ? null : probabilities, 300, 200).toRow();
    }

    /** Pairs of these ids in a file. */
    public static List<Row> writePairs(Path file, long from, long to, int groupRows) {
        var rows = new ArrayList<Row>();
        try (var writer = ParquetWriter.create(file, CoyoPair.SCHEMA, WriterOptions.DEFAULT.withGroupRows(groupRows),
                Map.of())) {
            LongStream.range(from, to).forEach(id -> {
                rows.add(pair(id, 1));
                writer.write(rows.getLast());
            });
            writer.finish();
        }
        return rows;
    }

    /** Labeled pictures of these ids in a file. */
    public static List<Row> writeLabeled(Path file, long from, long to) {
        var rows = new ArrayList<Row>();
        try (var writer = ParquetWriter.create(file, CoyoLabeled.SCHEMA)) {
            LongStream.range(from, to).forEach(id -> {
                rows.add(labeled(id));
                writer.write(rows.getLast());
            });
            writer.finish();
        }
        return rows;
    }
}
