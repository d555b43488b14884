// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.search.PictureIndexWriter.Layout;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of the ten nearest vectors, at least 98 of 100 are found. */
class RecallTest {
    private static final double WANTED = 0.98;
    private static final int DIMENSIONS = 640;
    private static final int INTRINSIC = 32;
    private static final int VECTORS = 5000;
    private static final int QUERIES = 100;
    private static final int NEAREST = 10;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNearestAreFoundThroughAGraph(boolean quantized) {
        var vectors = vectors();
        // A tenth of what so few vectors would need, or they would have no graph.
        var layout = new Layout(quantized, VectorCodec.GRAPH / 10);
        try (var index = PictureIndexWriter.open(folder, mark(), layout, 2)) {
            for (int i = 0; i < VECTORS; i++) {
                index.put(new Entry("random", Integer.toString(i), 0, new byte[0], new LinkedHashMap<>(), new byte[0]),
                        vectors[i]);
            }
            index.finish();
        }
        try (var index = PictureIndex.open(folder)) {
            assertEquals(VECTORS, index.size());
            assertEquals(quantized, index.quantized());
            long found = IntStream.range(0, QUERIES)
                    .mapToLong(i -> found(index, vectors, vectors[VECTORS + i]))
                    .sum();
            double recall = (double) found / (NEAREST * QUERIES);
            assertTrue(recall >= WANTED, "recall " + recall);
        }
    }

    /** Of length 1, in a random plane of few dimensions. */
    private static float[][] vectors() {
        var random = new Random(42);
        var axes = new double[INTRINSIC][DIMENSIONS];
        for (var axis : axes) {
            java.util.Arrays.setAll(axis, _ -> random.nextGaussian());
        }
        return IntStream.range(0, VECTORS + QUERIES).mapToObj(_ -> {
            var sum = new double[DIMENSIONS];
            for (var axis : axes) {
                double weight = random.nextGaussian();
                java.util.Arrays.setAll(sum, i -> sum[i] + weight * axis[i]);
            }
            double length = Math.sqrt(dot(sum, sum));
            var vector = new float[DIMENSIONS];
            for (int i = 0; i < DIMENSIONS; i++) {
                vector[i] = (float) (sum[i] / length);
            }
            return vector;
        }).toArray(float[][]::new);
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static long found(PictureIndex index, float[][] vectors, float[] query) {
        var hits = index.nearest(query, NEAREST).stream().map(hit -> Integer.valueOf(hit.entry().name())).toList();
        var scores = IntStream.range(0, VECTORS).mapToDouble(i -> dot(vectors[i], query)).toArray();
        return IntStream.range(0, VECTORS).boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(NEAREST)
                .filter(hits::contains)
                .count();
    }

    private static ModelMark mark() {
        return new ModelMark("random", new float[DIMENSIONS], new float[DIMENSIONS]);
    }
}
