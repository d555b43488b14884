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
    private final double[] sum;

    WeightedSum(int length) {
        sum = new double[length];
    }

    void clear() {
        // Half a unit, so that cutting off the fraction rounds.
        Arrays.fill(sum, 1 << Weights.PRECISION - 1);
    }

    void add(int[] in, int from, int weight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += in[from + i] * weight;
        }
    }

    void add(int[] in, int from0, int weight0, int from1, int weight1) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += in[from0 + i] * weight0 + in[from1 + i] * weight1;
        }
    }

    void add(int[] in, int from0, int weight0, int from1, int weight1, int from2, int weight2, int from3, int weight3) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += in[from0 + i] * weight0 + in[from1 + i] * weight1 + in[from2 + i] * weight2
                    + in[from3 + i] * weight3;
        }
    }

    void round(int[] out, int to) {
        for (int i = 0; i < sum.length; i++) {
            out[to + i] = Math.max(0, Math.min(255, (int) sum[i] >> Weights.PRECISION));
        }
    }
}
