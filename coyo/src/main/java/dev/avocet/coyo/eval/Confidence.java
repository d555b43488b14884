// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import dev.avocet.coyo.eval.Metric.Interval;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/** How sure a measured share is: intervals of 95 % confidence. */
public final class Confidence {
    /** The quantile of the normal distribution below which 97.5 % lie. */
    private static final double Z = 1.959963984540054;
    private static final int RESAMPLES = 1000;
    private static final long SEED = 20221101;

    private Confidence() {}

    /** A share of independent cases, with Wilson's interval. */
    public static Metric share(String name, long right, long cases) {
        if (right < 0 || right > cases) {
            throw new IllegalArgumentException(right + " of " + cases);
        }
        double value = cases == 0 ? 0 : (double) right / cases;
        return new Metric(name, value, wilson(right, cases), cases, Optional.empty());
    }

    /** Wilson's score interval; all that is possible where there are no cases. */
    public static Interval wilson(long right, long cases) {
        if (cases == 0) {
            return new Interval(0, 1);
        }
        double share = (double) right / cases;
        double square = Z * Z / cases;
        double middle = (share + square / 2) / (1 + square);
        double half = Z * Math.sqrt(share * (1 - share) / cases + square / (4 * cases)) / (1 + square);
        return new Interval(Math.max(0, middle - half), Math.min(1, middle + half));
    }

    /**
     * A share of cases that come in groups, such as the captions of a picture, with the bootstrap's interval: groups are drawn anew
     * 1000 times, by a fixed seed, and the middle 95 % of the shares kept.
     *
     * @param right how many cases of each group are right
     * @param cases how many each group has
     */
    public static Metric grouped(String name, int[] right, int[] cases) {
        long allRight = Arrays.stream(right).asLongStream().sum();
        long all = Arrays.stream(cases).asLongStream().sum();
        if (all == 0) {
            return share(name, 0, 0);
        }
        var random = new SplittableRandom(SEED);
        var shares = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            long sum = 0;
            long count = 0;
            for (int j = 0; j < right.length; j++) {
                int drawn = random.nextInt(right.length);
                sum += right[drawn];
                count += cases[drawn];
            }
            shares[i] = count == 0 ? 0 : (double) sum / count;
        }
        Arrays.sort(shares);
        var interval = new Interval(shares[(int) (0.025 * RESAMPLES)], shares[(int) (0.975 * RESAMPLES) - 1]);
        return new Metric(name, (double) allRight / all, interval, all, Optional.empty());
    }
}
