// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Resizes 8-bit RGB pictures to the very bytes of Pillow's {@code Image.resize}: fixed-point weights, one pass over the
 * columns and one over the rows, each rounded to 8 bits.
 *
 * <p>Both passes are one loop, a weighted sum of rows, which the just-in-time compiler turns into vector code. For the
 * pass over columns the picture is transposed in blocks that stay in the cache, and transposed back.
 */
final class Resize {
    /** Rows of the picture that are transposed together. */
    private static final int BLOCK = 128;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The part of a resized picture that is wanted. */
    record Window(int left, int top, int width, int height) {}

    private final Resample filter;
    private final int width;
    private final int height;
    private final Window window;

    /** What makes, of a picture of any size, {@code window} of its version of {@code width} x {@code height} pixels. */
    Resize(Resample filter, int width, int height, Window window) {
        this.filter = filter;
        this.width = width;
        this.height = height;
        this.window = window;
    }

    Resize(Resample filter, int width, int height) {
        this(filter, width, height, new Window(0, 0, width, height));
    }

    /** The window's pixels with each row's red, green and blue apart: {@code [height,3,width]}. */
    byte[] apply(Image image) {
        if (filter == Resample.NEAREST) {
            return nearest(image);
        }
        boolean columns = image.width() != width;
        boolean rows = image.height() != height;
        // Pillow's rule for which pass comes first; each rounds, so it shows.
        int shrinkX = image.width() - width;
        int shrinkY = image.height() - height;
        boolean rowsFirst = shrinkY > 0 && shrinkY > 2L * shrinkX;
        var byRow = rows ? new Weights(image.height(), height, window.top, window.height, filter) : null;
        var byColumn = columns ? new Weights(image.width(), width, window.left, window.width, filter) : null;
        int rowLength = 3 * image.width();
        if (!columns) {
            if (!rows) {
                return apart(image.pixels(), rowLength, window.left, window.top);
            }
            return apart(sumRows(image.pixels(), rowLength, 0, byRow), rowLength, window.left, 0);
        }
        if (!rows) {
            return sumColumns(image.pixels(), rowLength, window.top, window.height, byColumn);
        }
        if (rowsFirst) {
            var shorter = sumRows(image.pixels(), rowLength, 0, byRow);
            return sumColumns(shorter, rowLength, 0, window.height, byColumn);
        }
        int first = byRow.begin();
        var narrower = sumColumns(image.pixels(), rowLength, first, byRow.end() - first, byColumn);
        return sumRows(narrower, 3 * window.width, first, byRow);
    }

    private byte[] apart(byte[] pixels, int rowLength, int left, int top) {
        var out = new byte[3 * window.width * window.height];
        int to = 0;
        for (int y = 0; y < window.height; y++) {
            for (int c = 0; c < 3; c++) {
                int from = (top + y) * rowLength + 3 * left + c;
                for (int x = 0; x < window.width; x++) {
                    out[to++] = pixels[from + 3 * x];
                }
            }
        }
        return out;
    }

    private byte[] nearest(Image image) {
        int[] columns = nearest(image.width(), width, window.left, window.width);
        int[] rows = nearest(image.height(), height, window.top, window.height);
        var pixels = image.pixels();
        var out = new byte[3 * window.width * window.height];
        int to = 0;
        for (int y : rows) {
            for (int c = 0; c < 3; c++) {
                int from = 3 * y * image.width() + c;
                for (int x : columns) {
                    out[to++] = pixels[from + 3 * x];
                }
            }
        }
        return out;
    }

    private static int[] nearest(int inSize, int outSize, int from, int count) {
        double scale = (double) (float) inSize / outSize;
        double position = scale * 0.5;
        var nearest = new int[count];
        // Added up step by step because Pillow does, rounding errors included.
        for (int i = 0; i < from + count; i++, position += scale) {
            if (i >= from) {
                nearest[i - from] = Math.min((int) position, inSize - 1);
            }
        }
        return nearest;
    }

    /** The pass over columns, for some rows of interleaved pixels; the results have each row's colours apart. */
    private static byte[] sumColumns(byte[] pixels, int rowLength, int firstRow, int rowCount, Weights weights) {
        int outLength = 3 * weights.size();
        var out = new byte[outLength * rowCount];
        var columns = new byte[rowLength * BLOCK];
        var sums = new byte[outLength * BLOCK];
        var sum = new int[BLOCK];
        for (int row = 0; row < rowCount; row += BLOCK) {
            int rows = Math.min(BLOCK, rowCount - row);
            transpose(pixels, (firstRow + row) * rowLength, rowLength, rows, rowLength, columns, 0, BLOCK);
            for (int c = 0; c < 3; c++) {
                for (int x = 0; x < weights.size(); x++) {
                    int from = (3 * weights.first(x) + c) * BLOCK;
                    sumRow(columns, from, 3 * BLOCK, weights, x, sum, sums, (c * weights.size() + x) * BLOCK);
                }
            }
            transpose(sums, 0, BLOCK, outLength, rows, out, row * outLength, outLength);
        }
        return out;
    }

    /** The pass over rows, of which the first in {@code in} is number {@code firstRow} to the weights. */
    private static byte[] sumRows(byte[] in, int rowLength, int firstRow, Weights weights) {
        var out = new byte[rowLength * weights.size()];
        var sum = new int[rowLength];
        for (int y = 0; y < weights.size(); y++) {
            sumRow(in, (weights.first(y) - firstRow) * rowLength, rowLength, weights, y, sum, out, y * rowLength);
        }
        return out;
    }

    /** One output row: the weighted sum of some input rows, {@code step} bytes apart, as long as {@code sum} is. */
    private static void sumRow(byte[] in, int from, int step, Weights weights, int output, int[] sum, byte[] out, int to) {
        java.util.Arrays.fill(sum, 1 << Weights.PRECISION - 1);
        int k = 0;
        int count = weights.count(output);
        for (; k + 4 <= count; k += 4) {
            int at = from + k * step;
            add4(in, at, step, sum, weights.weight(output, k), weights.weight(output, k + 1),
                    weights.weight(output, k + 2), weights.weight(output, k + 3));
        }
        for (; k < count; k++) {
            add(in, from + k * step, sum, weights.weight(output, k));
        }
        for (int i = 0; i < sum.length; i++) {
            out[to + i] = (byte) Math.max(0, Math.min(255, sum[i] >> Weights.PRECISION));
        }
    }

    private static void add(byte[] in, int from, int[] sum, int weight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += (in[from + i] & 0xff) * weight;
        }
    }

    private static void add4(byte[] in, int from, int step, int[] sum, int w0, int w1, int w2, int w3) {
        int from1 = from + step;
        int from2 = from1 + step;
        int from3 = from2 + step;
        for (int i = 0; i < sum.length; i++) {
            sum[i] += (in[from + i] & 0xff) * w0 + (in[from1 + i] & 0xff) * w1
                    + (in[from2 + i] & 0xff) * w2 + (in[from3 + i] & 0xff) * w3;
        }
    }

    /** Writes the bytes of a matrix, whose rows are {@code inStride} apart, so that rows become columns. */
    private static void transpose(byte[] in, int from, int inStride, int rows, int columns, byte[] out, int to,
            int outStride) {
        int wholeRows = rows & -8;
        int wholeColumns = columns & -8;
        for (int row = 0; row < wholeRows; row += 8) {
            for (int column = 0; column < wholeColumns; column += 8) {
                transpose8(in, from + row * inStride + column, inStride, out, to + column * outStride + row, outStride);
            }
        }
        for (int row = 0; row < rows; row++) {
            for (int column = row < wholeRows ? wholeColumns : 0; column < columns; column++) {
                out[to + column * outStride + row] = in[from + row * inStride + column];
            }
        }
    }

    /** 8 x 8 bytes in three steps, which swap 1 x 1, 2 x 2 and 4 x 4 blocks of neighbouring rows. */
    private static void transpose8(byte[] in, int from, int inStride, byte[] out, int to, int outStride) {
        long a = (long) LONG.get(in, from);
        long b = (long) LONG.get(in, from + inStride);
        long c = (long) LONG.get(in, from + 2 * inStride);
        long d = (long) LONG.get(in, from + 3 * inStride);
        long e = (long) LONG.get(in, from + 4 * inStride);
        long f = (long) LONG.get(in, from + 5 * inStride);
        long g = (long) LONG.get(in, from + 6 * inStride);
        long h = (long) LONG.get(in, from + 7 * inStride);

        final long bytes = 0x00ff00ff00ff00ffL;
        long swap = (a >>> 8 ^ b) & bytes;
        a ^= swap << 8;
        b ^= swap;
        swap = (c >>> 8 ^ d) & bytes;
        c ^= swap << 8;
        d ^= swap;
        swap = (e >>> 8 ^ f) & bytes;
        e ^= swap << 8;
        f ^= swap;
        swap = (g >>> 8 ^ h) & bytes;
        g ^= swap << 8;
        h ^= swap;

        final long pairs = 0x0000ffff0000ffffL;
        swap = (a >>> 16 ^ c) & pairs;
        a ^= swap << 16;
        c ^= swap;
        swap = (b >>> 16 ^ d) & pairs;
        b ^= swap << 16;
        d ^= swap;
        swap = (e >>> 16 ^ g) & pairs;
        e ^= swap << 16;
        g ^= swap;
        swap = (f >>> 16 ^ h) & pairs;
        f ^= swap << 16;
        h ^= swap;

        final long halves = 0x00000000ffffffffL;
        swap = (a >>> 32 ^ e) & halves;
        LONG.set(out, to, a ^ swap << 32);
        LONG.set(out, to + 4 * outStride, e ^ swap);
        swap = (b >>> 32 ^ f) & halves;
        LONG.set(out, to + outStride, b ^ swap << 32);
        LONG.set(out, to + 5 * outStride, f ^ swap);
        swap = (c >>> 32 ^ g) & halves;
        LONG.set(out, to + 2 * outStride, c ^ swap << 32);
        LONG.set(out, to + 6 * outStride, g ^ swap);
        swap = (d >>> 32 ^ h) & halves;
        LONG.set(out, to + 3 * outStride, d ^ swap << 32);
        LONG.set(out, to + 7 * outStride, h ^ swap);
    }
}
