// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.util.Arrays;

/**
 * The weighted sum of rows of values 0 to 255, rounded back to such values.
 *
 * <p>Values are {@code int} and sums are {@code double}, which hold these integers exactly, because C2 (JDK 25) turns a
 * loop into vector code only when it can tell, by their types, that what it writes is not what it reads.
 */
final class WeightedSum {
    /** Half a unit, so that cutting off the fraction rounds. */
    private static final int HALF = 1 << Weights.PRECISION - 1;

    private final double[] sum;

    WeightedSum(int length) {
        sum = new double[length];
    }

    /**
     * Makes the row of an output pixel out of rows in {@code in}.
     *
     * @param offsets where they begin, and for up to three taps beyond the last, whose weight is 0, anything inside
     */
    void make(Weights weights, int output, int[] in, int[] offsets, int[] out, int to) {
        int count = weights.count(output);
        // Filled, and then added to, because C2 makes no vector code of a first step that only writes.
        Arrays.fill(sum, HALF);
        int k = 0;
        for (; k + 2 < count; k += 4) {
            add(in, offsets[k], weights.weight(output, k), offsets[k + 1], weights.weight(output, k + 1),
                    offsets[k + 2], weights.weight(output, k + 2), offsets[k + 3], weights.weight(output, k + 3));
        }
        if (k < count) {
            add(in, offsets[k], weights.weight(output, k), offsets[k + 1], weights.weight(output, k + 1));
        }
        round(out, to);
    }

    private void add(
            int[] in, int from0, int weight0, int from1, int weight1, int from2, int weight2, int from3, int weight3) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += in[from0 + i] * weight0 + in[from1 + i] * weight1 + in[from2 + i] * weight2
                    + in[from3 + i] * weight3;
        }
    }

    private void add(int[] in, int from0, int weight0, int from1, int weight1) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += in[from0 + i] * weight0 + in[from1 + i] * weight1;
        }
    }

    private void round(int[] out, int to) {
        for (int i = 0; i < sum.length; i++) {
            out[to + i] = Math.max(0, Math.min(255, (int) sum[i] >> Weights.PRECISION));
        }
    }
}
