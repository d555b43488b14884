// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.search.PictureIndexWriter.Layout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of the ten nearest vectors, at least 98 of 100 are found. */
class RecallTest {
    private static final double WANTED = 0.98;
    private static final int DIMENSIONS = 160;
    private static final int INTRINSIC = 32;
    private static final int VECTORS = 5000;
    private static final int QUERIES = 100;
    private static final int NEAREST = 10;

    private static float[][] vectors;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() {
        vectors = vectors();
    }

    @AfterAll
    static void forget() {
        vectors = null;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNearestAreFoundThroughAGraph(boolean quantized) {
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
            long found = IntStream.range(0, QUERIES).mapToLong(i -> found(index, vectors[VECTORS + i])).sum();
            double recall = (double) found / (NEAREST * QUERIES);
            assertTrue(recall >= WANTED, "recall " + recall);
        }
    }

    /** Of length 1, in a random plane of few dimensions. */
    private static float[][] vectors() {
        var random = new Random(42);
        var axes = new double[INTRINSIC][DIMENSIONS];
        for (var axis : axes) {
            Arrays.setAll(axis, _ -> random.nextGaussian());
        }
        var vectors = new float[VECTORS + QUERIES][DIMENSIONS];
        for (var vector : vectors) {
            var sum = new double[DIMENSIONS];
            for (var axis : axes) {
                double weight = random.nextGaussian();
                for (int i = 0; i < DIMENSIONS; i++) {
                    sum[i] += weight * axis[i];
                }
            }
            double length = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
            for (int i = 0; i < DIMENSIONS; i++) {
                vector[i] = (float) (sum[i] / length);
            }
        }
        return vectors;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static long found(PictureIndex index, float[] query) {
        var hits = index.nearest(query, NEAREST).stream().map(hit -> Integer.valueOf(hit.entry().name())).toList();
        var scores = IntStream.range(0, VECTORS).mapToDouble(i -> dot(vectors[i], query)).toArray();
        double least = Arrays.stream(scores).sorted().skip(VECTORS - NEAREST).findFirst().orElseThrow();
        return hits.stream().filter(i -> scores[i] >= least).count();
    }

    private static ModelMark mark() {
        return new ModelMark("random", new float[DIMENSIONS], new float[DIMENSIONS]);
    }
}
