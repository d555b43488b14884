// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/** The pass over rows: makes each output row as soon as the input rows that it needs have come. */
final class RowSums implements Rows {
    private final Weights weights;
    private final Rows out;
    private final WeightedSum sum;
    private final int[] result;
    private int received;
    private int next;

    /** @param weights for rows of which the first to come is {@link Weights#begin} */
    RowSums(Weights weights, int width, Rows out, Lines lines) {
        this.weights = weights;
        this.out = out;
        this.sum = new WeightedSum(weights, width, lines);
        this.result = lines.take(width);
        this.received = weights.begin();
    }

    @Override
    public void accept(int[] row) {
        sum.put(received, row);
        received++;
        for (; next < weights.size() && weights.first(next) + weights.count(next) <= received; next++) {
            sum.make(next, result);
            out.accept(result);
        }
    }
}
