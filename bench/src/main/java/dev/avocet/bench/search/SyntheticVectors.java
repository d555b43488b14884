// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.search;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Vectors of length 1 as embeddings of pictures are spread: a mixture of clouds in a space of few dimensions, laid into one of
 * many, with a little noise in all of these.
 */
final class SyntheticVectors {
    static final int DIMENSIONS = 640;

    private static final int INTRINSIC = 32;
    private static final int CLOUDS = 100;
    private static final double SPREAD = 0.6;
    private static final double NOISE = 0.002;

    private final long seed;
    private final float[][] axes = new float[INTRINSIC][DIMENSIONS];
    private final float[][] centres = new float[CLOUDS][INTRINSIC];

    SyntheticVectors(long seed) {
        this.seed = seed;
        var random = new SplittableRandom(seed);
        for (var axis : axes) {
            fill(axis, random, 1 / Math.sqrt(DIMENSIONS));
        }
        for (var centre : centres) {
            fill(centre, random, 1);
        }
    }

    private static void fill(float[] values, SplittableRandom random, double scale) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
    }

    /** The vectors of these numbers; a number's vector is always the same. */
    float[][] of(int from, int to) {
        return IntStream.range(from, to).parallel().mapToObj(this::vector).toArray(float[][]::new);
    }

    private float[] vector(int number) {
        var random = new SplittableRandom(seed ^ 0x9E3779B97F4A7C15L * (number + 1));
        var vector = new float[DIMENSIONS];
        fill(vector, random, NOISE);
        var centre = centres[random.nextInt(CLOUDS)];
        for (int i = 0; i < INTRINSIC; i++) {
            float weight = (float) (centre[i] + SPREAD * random.nextGaussian());
            for (int d = 0; d < DIMENSIONS; d++) {
                vector[d] += weight * axes[i][d];
            }
        }
        double length = 0;
        for (float value : vector) {
            length += (double) value * value;
        }
        float scale = (float) (1 / Math.sqrt(length));
        for (int d = 0; d < DIMENSIONS; d++) {
            vector[d] *= scale;
        }
        return vector;
    }

    /** The numbers of the {@code count} vectors nearest to a query, by trying all. */
    static int[] nearest(float[][] vectors, float[] query, int count) {
        var best = new PriorityQueue<Scored>(Comparator.comparingDouble(Scored::score));
        for (int i = 0; i < vectors.length; i++) {
            double score = dot(vectors[i], query);
            if (best.size() < count || score > best.peek().score()) {
                best.add(new Scored(i, score));
                if (best.size() > count) {
                    best.remove();
                }
            }
        }
        return best.stream().mapToInt(Scored::number).toArray();
    }

    private record Scored(int number, double score) {}

    /** Four sums, since the processor would wait for a single one. */
    private static double dot(float[] a, float[] b) {
        float first = 0;
        float second = 0;
        float third = 0;
        float fourth = 0;
        for (int i = 0; i < DIMENSIONS; i += 4) {
            first += a[i] * b[i];
            second += a[i + 1] * b[i + 1];
            third += a[i + 2] * b[i + 2];
            fourth += a[i + 3] * b[i + 3];
        }
        return first + second + (third + fourth);
    }
}
