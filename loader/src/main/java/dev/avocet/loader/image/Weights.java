// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.util.Arrays;

/**
 * For one axis of a resize: which input pixels make each output pixel, and their weights in fixed point.
 *
 * <p>Computed as Pillow's {@code precompute_coeffs} and {@code normalize_coeffs_8bpc} do.
 */
final class Weights {
    /** Results have 8 bits; two more let sums with negative weights overshoot. */
    static final int PRECISION = 32 - 8 - 2;

    private final int[] firsts;
    private final int[] counts;
    private final int[] weights;
    private final int most;
    private final int stride;

    /**
     * The weights for output pixels {@code from} to {@code from + count - 1} of {@code outSize}, made from
     * {@code inSize} input pixels.
     */
    Weights(int inSize, int outSize, int from, int count, Resample filter, Lines lines) {
        double scale = (double) (float) inSize / outSize;
        double filterScale = Math.max(1, scale);
        double support = filter.support() * filterScale;
        most = Math.min(inSize, (int) Math.ceil(support) * 2 + 1);
        firsts = lines.take(count);
        counts = lines.take(count);
        stride = most + 3;
        weights = lines.take(Math.multiplyExact(count, stride));
        Arrays.fill(weights, 0);
        double inverse = 1 / filterScale;
        var exact = new double[most];
        for (int i = 0; i < count; i++) {
            double centre = (from + i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - support + 0.5));
            int taps = Math.min(inSize, (int) (centre + support + 0.5)) - first;
            double sum = 0;
            for (int k = 0; k < taps; k++) {
                exact[k] = filter.weight((k + first - centre + 0.5) * inverse);
                sum += exact[k];
            }
            for (int k = 0; k < taps; k++) {
                double weight = sum == 0 ? exact[k] : exact[k] / sum;
                weights[i * stride + k] = (int) (Math.copySign(0.5, weight) + weight * (1 << PRECISION));
            }
            firsts[i] = first;
            counts[i] = taps;
        }
    }

    /** The number of output pixels. */
    int size() {
        return firsts.length;
    }

    /** No output pixel has more input pixels than this. */
    int most() {
        return most;
    }

    /** The first input pixel of an output pixel. */
    int first(int output) {
        return firsts[output];
    }

    /** How many input pixels an output pixel has. */
    int count(int output) {
        return counts[output];
    }

    /** The weight of an output pixel's k-th input pixel, times 2^{@link #PRECISION}; 0 for up to three beyond. */
    int weight(int output, int k) {
        return weights[output * stride + k];
    }

    /** The first input pixel that any output pixel has. */
    int begin() {
        return firsts[0];
    }

    /** The input pixel behind the last that any output pixel has. */
    int end() {
        return firsts[size() - 1] + counts[size() - 1];
    }
}
