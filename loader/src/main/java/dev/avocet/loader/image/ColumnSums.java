// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/**
 * The pass over columns: transposes blocks of the picture, so that the samples of a column lie side by side, sums up
 * columns as {@link RowSums} sums up rows, and transposes the results back.
 */
final class ColumnSums {
    /** Rows of a block: the length of the vector loops. */
    private static final int ROWS = 128;
    /** Columns of a block, when one output pixel does not need more: as many as stay in a second-level cache. */
    private static final int COLUMNS = 192;
    /** Rows, and columns of results, that are transposed at once. */
    private static final int TOGETHER = 8;

    private final Weights weights;
    private final byte[] pixels;
    private final int rowLength;
    private final WeightedSum sum = new WeightedSum(ROWS);
    private final int[] columns;
    private final int[] results;
    private final int[] offsets;

    /** @param pixels interleaved RGB, rows {@code rowLength} bytes apart */
    ColumnSums(Weights weights, byte[] pixels, int rowLength) {
        this.weights = weights;
        this.pixels = pixels;
        this.rowLength = rowLength;
        this.columns = new int[Math.multiplyExact(3 * Math.max(COLUMNS, weights.most()), ROWS)];
        this.results = new int[Math.multiplyExact(3 * weights.size(), ROWS)];
        this.offsets = new int[weights.most() + 3];
    }

    /** Hands the results of some rows on. */
    void apply(int firstRow, int endRow, Rows out) {
        int length = 3 * weights.size();
        var back = new int[TOGETHER * length];
        for (int top = firstRow; top < endRow; top += ROWS) {
            int rows = Math.min(ROWS, endRow - top);
            for (int x = 0; x < weights.size();) {
                x = sumColumns(top, rows, x);
            }
            for (int y = 0; y < rows; y += TOGETHER) {
                transposeBack(y, back, length);
                for (int i = 0; i < Math.min(TOGETHER, rows - y); i++) {
                    out.accept(back, i * length);
                }
            }
        }
    }

    /** Makes as many output columns from {@code x} on as one block of input columns allows; returns the next. */
    private int sumColumns(int top, int rows, int x) {
        int first = weights.first(x);
        int end = x + 1;
        while (end < weights.size() && weights.first(end) + weights.count(end) <= first + COLUMNS) {
            end++;
        }
        int count = weights.first(end - 1) + weights.count(end - 1) - first;
        transpose(top * rowLength + 3 * first, rows, 3 * count);
        for (int output = x; output < end; output++) {
            for (int c = 0; c < 3; c++) {
                int from = (3 * (weights.first(output) - first) + c) * ROWS;
                int to = (c * weights.size() + output) * ROWS;
                for (int k = 0; k < offsets.length; k++) {
                    offsets[k] = from + 3 * Math.min(k, weights.count(output) - 1) * ROWS;
                }
                sum.make(weights, output, columns, offsets, results, to);
            }
        }
        return end;
    }

    /**
     * Puts samples of some rows into {@link #columns}: {@code [count,ROWS]}. Eight rows at a time, written out because
     * the compiler keeps eight addresses in registers but does not unroll a loop over them that far.
     */
    private void transpose(int from, int rows, int count) {
        int whole = rows / TOGETHER * TOGETHER;
        for (int row = 0; row < whole; row += TOGETHER) {
            int from0 = from + row * rowLength;
            int from1 = from0 + rowLength;
            int from2 = from1 + rowLength;
            int from3 = from2 + rowLength;
            int from4 = from3 + rowLength;
            int from5 = from4 + rowLength;
            int from6 = from5 + rowLength;
            int from7 = from6 + rowLength;
            for (int i = 0; i < count; i++) {
                int to = i * ROWS + row;
                columns[to] = pixels[from0 + i] & 0xff;
                columns[to + 1] = pixels[from1 + i] & 0xff;
                columns[to + 2] = pixels[from2 + i] & 0xff;
                columns[to + 3] = pixels[from3 + i] & 0xff;
                columns[to + 4] = pixels[from4 + i] & 0xff;
                columns[to + 5] = pixels[from5 + i] & 0xff;
                columns[to + 6] = pixels[from6 + i] & 0xff;
                columns[to + 7] = pixels[from7 + i] & 0xff;
            }
        }
        for (int row = whole; row < rows; row++) {
            for (int i = 0; i < count; i++) {
                columns[i * ROWS + row] = pixels[from + row * rowLength + i] & 0xff;
            }
        }
    }

    /** Puts eight rows of {@link #results}, from {@code row} on, into {@code back}: {@code [8,length]}. */
    private void transposeBack(int row, int[] back, int length) {
        for (int i = 0; i < length; i++) {
            int from = i * ROWS + row;
            back[i] = results[from];
            back[length + i] = results[from + 1];
            back[2 * length + i] = results[from + 2];
            back[3 * length + i] = results[from + 3];
            back[4 * length + i] = results[from + 4];
            back[5 * length + i] = results[from + 5];
            back[6 * length + i] = results[from + 6];
            back[7 * length + i] = results[from + 7];
        }
    }
}
