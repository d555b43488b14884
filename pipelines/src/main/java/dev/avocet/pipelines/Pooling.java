// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Makes one vector of a text's tokens, [S,D], as sentence-transformers 5 does (modules Pooling and Normalize); sums are
 * in double, and each number is rounded once.
 *
 * @param modes one after the other, each giving D numbers
 * @param normalize whether the vector is brought to Euclidean length 1
 */
record Pooling(List<Mode> modes, boolean normalize) implements Texts.Vectors {
    /** What F.normalize divides by at least. */
    private static final double SHORTEST = 1e-12;

    /** The ways of sentence-transformers, by its names. */
    enum Mode {
        CLS,
        MAX,
        MEAN,
        MEAN_SQRT_LEN_TOKENS,
        WEIGHTEDMEAN,
        LASTTOKEN;

        /** The name in a configuration. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The field that has it in configurations of before version 5. */
        String legacyField() {
            return switch (this) {
                case CLS -> "pooling_mode_cls_token";
                case MAX -> "pooling_mode_max_tokens";
                case MEAN -> "pooling_mode_mean_tokens";
                case MEAN_SQRT_LEN_TOKENS -> "pooling_mode_mean_sqrt_len_tokens";
                case WEIGHTEDMEAN -> "pooling_mode_weightedmean_tokens";
                case LASTTOKEN -> "pooling_mode_lasttoken";
            };
        }
    }

    @Override
    public String output() {
        return "last_hidden_state";
    }

    @Override
    public boolean isPerText() {
        return false;
    }

    @Override
    public float[] of(float[] results, int width, int first, int end) {
        var vector = new double[modes.size() * width];
        for (int i = 0; i < modes.size() && first < end; i++) {
            pool(modes.get(i), results, width, first, end, vector, i * width);
        }
        if (normalize) {
            normalize(vector);
        }
        var rounded = new float[vector.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) vector[i];
        }
        return rounded;
    }

    private static void pool(Mode mode, float[] x, int width, int first, int end, double[] to, int at) {
        int count = end - first;
        switch (mode) {
            case CLS -> weigh(x, width, first, first + 1, false, 1, to, at);
            case LASTTOKEN -> weigh(x, width, end - 1, end, false, 1, to, at);
            case MEAN -> weigh(x, width, first, end, false, count, to, at);
            case MEAN_SQRT_LEN_TOKENS -> weigh(x, width, first, end, false, Math.sqrt(count), to, at);
            case WEIGHTEDMEAN -> weigh(x, width, first, end, true, count * (count + 1.0) / 2, to, at);
            case MAX -> {
                Arrays.fill(to, at, at + width, Double.NEGATIVE_INFINITY);
                for (int row = first; row < end; row++) {
                    for (int d = 0; d < width; d++) {
                        to[at + d] = Math.max(to[at + d], x[row * width + d]);
                    }
                }
            }
        }
    }

    /** The sum of rows, the n-th counted n times where they are weighted by place, divided by a number. */
    private static void weigh(
            float[] x, int width, int first, int end, boolean byPlace, double divisor, double[] to, int at) {
        for (int row = first; row < end; row++) {
            int weight = byPlace ? row - first + 1 : 1;
            for (int d = 0; d < width; d++) {
                to[at + d] += (double) weight * x[row * width + d];
            }
        }
        for (int d = 0; d < width; d++) {
            to[at + d] /= divisor;
        }
    }

    private static void normalize(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        double length = Math.max(Math.sqrt(squares), SHORTEST);
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= length;
        }
    }
}
