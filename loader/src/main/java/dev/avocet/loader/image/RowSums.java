// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/** The pass over rows: makes each output row as soon as the input rows that it needs have come. */
final class RowSums implements Rows {
    private final Weights weights;
    private final int rowLength;
    private final Rows out;
    private final WeightedSum sum;
    // The last input rows, each in the place of its number modulo how many there are.
    private final int[] kept;
    private final int places;
    private final int[] result;
    private final int[] offsets;
    private int received;
    private int next;

    /** @param weights for rows of which the first to come is {@link Weights#begin} */
    RowSums(Weights weights, int rowLength, Rows out) {
        this.weights = weights;
        this.rowLength = rowLength;
        this.out = out;
        this.sum = new WeightedSum(rowLength);
        this.places = weights.most();
        this.kept = new int[Math.multiplyExact(places, rowLength)];
        this.result = new int[rowLength];
        this.offsets = new int[weights.most() + 3];
        this.received = weights.begin();
    }

    @Override
    public void accept(int[] row, int from) {
        System.arraycopy(row, from, kept, place(received), rowLength);
        received++;
        for (; next < weights.size() && weights.first(next) + weights.count(next) <= received; next++) {
            emit();
        }
    }

    private int place(int row) {
        return row % places * rowLength;
    }

    private void emit() {
        int first = weights.first(next);
        for (int k = 0; k < offsets.length; k++) {
            offsets[k] = place(first + Math.min(k, weights.count(next) - 1));
        }
        sum.make(weights, next, kept, offsets, result, 0);
        out.accept(result, 0);
    }
}
