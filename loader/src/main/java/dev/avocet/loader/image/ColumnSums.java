// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The pass over columns: transposes blocks of rows, so that the pixels of a column lie side by side, sums up columns as
 * {@link RowSums} sums up rows, and transposes the results back. Both transpositions move whole pixels.
 */
final class ColumnSums {
    /** Rows of a block, at most: the length of the vector loops. */
    private static final int ROWS = 384;
    /** Pixels of the picture that are kept for the sums, when eight rows do not take more. */
    private static final int KEPT = 1 << 16;
    /** Columns of the picture, and rows of results, that are transposed at once. */
    private static final int TOGETHER = 8;
    /** Four bytes, of which a pixel is the first three. */
    private static final VarHandle PIXEL =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final Weights weights;
    private final byte[] pixels;
    private final int width;
    private final Lines lines;

    /** @param pixels interleaved RGB, {@code width} pixels in a row */
    ColumnSums(Weights weights, byte[] pixels, int width, Lines lines) {
        this.weights = weights;
        this.pixels = pixels;
        this.width = width;
        this.lines = lines;
    }

    /** Hands the results of some rows on. */
    void apply(int firstRow, int endRow, Rows out) {
        int blocks = Math.ceilDiv(endRow - firstRow, Math.clamp(KEPT / weights.most(), TOGETHER, ROWS));
        int rows = Math.ceilDiv(endRow - firstRow, blocks);
        var sum = new WeightedSum(weights, rows, lines);
        var columns = lines.take(TOGETHER, rows);
        var results = lines.take(weights.size(), rows);
        var back = lines.take(TOGETHER, weights.size());
        for (int top = firstRow; top < endRow; top += rows) {
            // In the last block, rows that are missing hold what was there before, and are not handed on.
            int count = Math.min(rows, endRow - top);
            sumColumns(top, count, sum, columns, results);
            transposeBack(results, count, back, out);
        }
    }

    private void sumColumns(int top, int rows, WeightedSum sum, int[][] columns, int[][] results) {
        int next = 0;
        for (int left = weights.begin(); left < weights.end(); left += TOGETHER) {
            int count = Math.min(TOGETHER, weights.end() - left);
            transpose(3 * (top * width + left), rows, columns, count, left + count == width);
            for (int i = 0; i < count; i++) {
                sum.put(left + i, columns[i]);
                while (next < results.length && weights.first(next) + weights.count(next) <= left + i + 1) {
                    sum.make(next, results[next]);
                    next++;
                }
            }
        }
    }

    /** Puts the pixels of some columns into arrays; behind the picture's last pixel is no fourth byte. */
    private void transpose(int from, int rows, int[][] columns, int count, boolean last) {
        if (count == TOGETHER && !last) {
            transpose(from, rows, columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6],
                    columns[7]);
            return;
        }
        for (int i = 0; i < count; i++) {
            var column = columns[i];
            int at = from + 3 * i;
            for (int row = 0; row < rows; row++, at += 3 * width) {
                column[row] = pixels[at] & 0xff | (pixels[at + 1] & 0xff) << 8 | (pixels[at + 2] & 0xff) << 16;
            }
        }
    }

    /** Written out because the compiler keeps eight arrays in registers but does not unroll a loop over them that far. */
    private void transpose(int from, int rows, int[] column0, int[] column1, int[] column2, int[] column3,
            int[] column4,
            int[] column5, int[] column6, int[] column7) {
        int at = from;
        for (int row = 0; row < rows; row++, at += 3 * width) {
            column0[row] = (int) PIXEL.get(pixels, at);
            column1[row] = (int) PIXEL.get(pixels, at + 3);
            column2[row] = (int) PIXEL.get(pixels, at + 6);
            column3[row] = (int) PIXEL.get(pixels, at + 9);
            column4[row] = (int) PIXEL.get(pixels, at + 12);
            column5[row] = (int) PIXEL.get(pixels, at + 15);
            column6[row] = (int) PIXEL.get(pixels, at + 18);
            column7[row] = (int) PIXEL.get(pixels, at + 21);
        }
    }

    /** Hands columns on as rows, which are made in {@code back}. */
    private static void transposeBack(int[][] columns, int rows, int[][] back, Rows out) {
        int whole = rows / TOGETHER * TOGETHER;
        for (int row = 0; row < whole; row += TOGETHER) {
            transposeBack(columns, row, back[0], back[1], back[2], back[3], back[4], back[5], back[6], back[7]);
            for (var each : back) {
                out.accept(each);
            }
        }
        for (int row = whole; row < rows; row++) {
            for (int x = 0; x < columns.length; x++) {
                back[0][x] = columns[x][row];
            }
            out.accept(back[0]);
        }
    }

    private static void transposeBack(int[][] columns, int row, int[] back0, int[] back1, int[] back2, int[] back3,
            int[] back4, int[] back5, int[] back6, int[] back7) {
        for (int x = 0; x < columns.length; x++) {
            var column = columns[x];
            back0[x] = column[row];
            back1[x] = column[row + 1];
            back2[x] = column[row + 2];
            back3[x] = column[row + 3];
            back4[x] = column[row + 4];
            back5[x] = column[row + 5];
            back6[x] = column[row + 6];
            back7[x] = column[row + 7];
        }
    }
}
