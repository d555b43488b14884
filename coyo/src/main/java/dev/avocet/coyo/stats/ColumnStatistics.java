// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stats;

import dev.avocet.coyo.parquet.Column;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What is seen of a column's values one by one: numbers as they are, texts and lists by their lengths (texts in characters, as
 * COYO's text_length has them). Constant memory: quantiles and the histogram are of a sample of {@value #SAMPLE} values, which is all of
 * them where there are no more.
 */
public final class ColumnStatistics {
    private static final int SAMPLE = 1 << 16;

    private final Column column;
    private final SplittableRandom random = new SplittableRandom(1);
    private double[] sample = new double[256];
    private long count;
    private long missing;
    private long noNumber;
    private double smallest = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;
    private double mean;
    private double squares;

    /** For a column. */
    public ColumnStatistics(Column column) {
        this.column = column;
    }

    /** The column. */
    public Column column() {
        return column;
    }

    /** Takes a value, or null. */
    public void add(Object value) {
        switch (value) {
            case null -> missing++;
            case Number each -> addNumber(each.doubleValue());
            case Boolean each -> addNumber(each ? 1 : 0);
            case String each -> addNumber(each.codePointCount(0, each.length()));
            default -> addNumber(Array.getLength(value));
        }
    }

    private void addNumber(double value) {
        if (Double.isNaN(value)) {
            noNumber++;
            return;
        }
        count++;
        smallest = Math.min(smallest, value);
        largest = Math.max(largest, value);
        double before = value - mean;
        mean += before / count;
        squares += before * (value - mean);
        if (count <= SAMPLE) {
            if (count > sample.length) {
                sample = Arrays.copyOf(sample, Math.min(SAMPLE, 4 * sample.length));
            }
            sample[(int) count - 1] = value;
        } else {
            long place = random.nextLong(count);
            if (place < SAMPLE) {
                sample[(int) place] = value;
            }
        }
    }

    /** How many values there are. */
    public long count() {
        return count;
    }

    /** How many rows have none. */
    public long missing() {
        return missing;
    }

    /** How many values are not a number. */
    public long noNumber() {
        return noNumber;
    }

    /** The smallest value; infinite where there is none. */
    public double smallest() {
        return smallest;
    }

    /** The largest value; infinite where there is none. */
    public double largest() {
        return largest;
    }

    /** The mean; 0 where there is no value. */
    public double mean() {
        return mean;
    }

    /** The standard deviation of the values, as of a whole population. */
    public double deviation() {
        return count == 0 ? 0 : Math.sqrt(squares / count);
    }

    /** The values below which these shares of the values lie, by nearest rank; empty without a value. */
    public double[] quantiles(double... shares) {
        if (count == 0) {
            return new double[0];
        }
        var sorted = sorted();
        return Arrays.stream(shares)
                .map(share -> sorted[(int) Math.clamp(Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)])
                .toArray();
    }

    private double[] sorted() {
        var sorted = Arrays.copyOf(sample, (int) Math.min(count, SAMPLE));
        Arrays.sort(sorted);
        return sorted;
    }

    /**
     * The shares of values in intervals of equal width.
     *
     * @param from where the first one begins
     * @param to where the last one ends
     */
    public record Histogram(double from, double to, double[] shares) {}

    /**
     * A histogram of the middle 99 % of the values, since one absurd value would leave nothing to see; the ends hold what is beyond. Of whole
     * numbers there are as many intervals at most, each of as many numbers.
     */
    public Histogram histogram(int most) {
        var ends = quantiles(0.005, 0.995);
        if (ends.length == 0) {
            return new Histogram(0, 0, new double[most]);
        }
        double from = ends[0];
        double to = ends[1] > from ? ends[1] : from + 1;
        var sorted = sorted();
        int intervals = most;
        if (Arrays.stream(sorted).allMatch(value -> value == Math.rint(value))) {
            double width = Math.ceil((ends[1] - from + 1) / most);
            intervals = (int) Math.ceil((ends[1] - from + 1) / width);
            to = from + intervals * width;
        }
        var shares = new double[intervals];
        for (double value : sorted) {
            int place = (int) Math.clamp((value - from) / (to - from) * intervals, 0, intervals - 1);
            shares[place] += 1.0 / sorted.length;
        }
        return new Histogram(from, to, shares);
    }
}
