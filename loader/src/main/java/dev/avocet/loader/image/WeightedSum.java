// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/**
 * Weighted sums of lines of pixels (rows, or columns), rounded back to pixels.
 *
 * <p>A line is an array with one {@code int} for each pixel: red in its lowest byte, then green, then blue. Each channel
 * is summed up in arrays of its own, all read and written at the same index, because only then C2 (JDK 25) can tell that
 * what a loop writes is not what it reads, and turns it into vector code.
 */
final class WeightedSum {
    /** Half a unit, so that cutting off the fraction rounds. */
    private static final int HALF = 1 << Weights.PRECISION - 1;

    private final Weights weights;
    // The last lines, each in the place of its number modulo how many there are: [places,3,length].
    private final int[][][] kept;
    private final int[][] sums;

    WeightedSum(Weights weights, int length, Lines lines) {
        this.weights = weights;
        this.kept = new int[weights.most()][][];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = lines.take(3, length);
        }
        this.sums = lines.take(3, length);
    }

    /** Takes a line, by its number in the picture; they come in order. */
    void put(int number, int[] line) {
        var place = kept[number % kept.length];
        unpack(line, place[0], place[1], place[2]);
    }

    /** Makes the line of an output pixel, whose last input line has just come. */
    void make(int output, int[] line) {
        for (int c = 0; c < 3; c++) {
            begin(sums[c], at(output, 0, c), weights.weight(output, 0), at(output, 1, c), weights.weight(output, 1),
                    at(output, 2, c), weights.weight(output, 2), at(output, 3, c), weights.weight(output, 3));
            for (int k = 4; k < weights.count(output); k += 4) {
                add(sums[c], at(output, k, c), weights.weight(output, k),
                        at(output, k + 1, c), weights.weight(output, k + 1),
                        at(output, k + 2, c), weights.weight(output, k + 2),
                        at(output, k + 3, c), weights.weight(output, k + 3));
            }
        }
        pack(sums[0], sums[1], sums[2], line);
    }

    /** A channel of the k-th line of an output pixel; beyond its last, where weights are 0, of any. */
    private int[] at(int output, int k, int c) {
        return kept[(weights.first(output) + k) % kept.length][c];
    }

    private static void begin(
            int[] sum, int[] in0, int weight0, int[] in1, int weight1, int[] in2, int weight2, int[] in3, int weight3) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = HALF + in0[i] * weight0 + in1[i] * weight1 + in2[i] * weight2 + in3[i] * weight3;
        }
    }

    private static void add(
            int[] sum, int[] in0, int weight0, int[] in1, int weight1, int[] in2, int weight2, int[] in3, int weight3) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += in0[i] * weight0 + in1[i] * weight1 + in2[i] * weight2 + in3[i] * weight3;
        }
    }

    private static void unpack(int[] line, int[] red, int[] green, int[] blue) {
        for (int i = 0; i < line.length; i++) {
            red[i] = line[i] & 0xff;
            green[i] = line[i] >> 8 & 0xff;
            blue[i] = line[i] >> 16 & 0xff;
        }
    }

    private static void pack(int[] red, int[] green, int[] blue, int[] line) {
        for (int i = 0; i < line.length; i++) {
            line[i] = Math.max(0, Math.min(255, red[i] >> Weights.PRECISION))
                    | Math.max(0, Math.min(255, green[i] >> Weights.PRECISION)) << 8
                    | Math.max(0, Math.min(255, blue[i] >> Weights.PRECISION)) << 16;
        }
    }
}
