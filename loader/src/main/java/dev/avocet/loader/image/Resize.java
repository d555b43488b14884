// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.util.Arrays;

/**
 * Resizes 8-bit RGB pictures to the very bytes of Pillow's {@code Image.resize}: fixed-point weights, one pass over the
 * columns and one over the rows, each rounded to 8 bits.
 *
 * <p>Both passes are the same {@link WeightedSum}, in loops that the just-in-time compiler turns into vector code: for
 * the pass over columns the picture is transposed in blocks that stay in the cache. Rows go from one pass to the next
 * as they are made, so that little memory is needed beside the picture.
 */
final class Resize {
    /** The part of a resized picture that is wanted. */
    record Window(int left, int top, int width, int height) {}

    private final Resample filter;
    private final int width;
    private final int height;
    private final Window window;
    private final Lines lines;

    /** What makes, of a picture of any size, {@code window} of its version of {@code width} x {@code height} pixels. */
    Resize(Resample filter, int width, int height, Window window, Lines lines) {
        this.filter = filter;
        this.width = width;
        this.height = height;
        this.window = window;
        this.lines = lines;
    }

    /** Hands the window's rows on. */
    void apply(Image image, Rows out) {
        if (filter == Resample.NEAREST) {
            nearest(image, out);
            return;
        }
        boolean rows = image.height() != height;
        if (image.width() == width) {
            if (rows) {
                var weights = weights(image.height(), height, window.top, window.height);
                pick(image, weights.begin(), weights.end(), new RowSums(weights, window.width, out, lines));
            } else {
                pick(image, window.top, window.top + window.height, out);
            }
            return;
        }
        var byColumn = weights(image.width(), width, window.left, window.width);
        if (!rows) {
            var columns = new ColumnSums(byColumn, image.pixels(), image.width(), lines);
            columns.apply(window.top, window.top + window.height, out);
            return;
        }
        var byRow = weights(image.height(), height, window.top, window.height);
        // Pillow's rule for which pass comes first; each rounds, so it shows.
        int shrinkX = image.width() - width;
        int shrinkY = image.height() - height;
        if (shrinkY > 0 && shrinkY > 2L * shrinkX) {
            var shorter = new ByteRows(image.width(), window.height);
            var all =
                    new Resize(filter, image.width(), height, new Window(0, window.top, image.width(), window.height),
                            lines);
            all.pick(image, byRow.begin(), byRow.end(), new RowSums(byRow, image.width(), shorter, lines));
            new ColumnSums(byColumn, shorter.pixels(), image.width(), lines).apply(0, window.height, out);
        } else {
            var columns = new ColumnSums(byColumn, image.pixels(), image.width(), lines);
            columns.apply(byRow.begin(), byRow.end(), new RowSums(byRow, window.width, out, lines));
        }
    }

    private Weights weights(int inSize, int outSize, int from, int count) {
        return new Weights(inSize, outSize, from, count, filter, lines);
    }

    /** Rows of the picture itself, of which the window's columns are taken. */
    private void pick(Image image, int firstRow, int endRow, Rows out) {
        var columns = lines.take(window.width);
        var row = lines.take(window.width);
        Arrays.setAll(columns, x -> window.left + x);
        for (int y = firstRow; y < endRow; y++) {
            pick(image, y, columns, row, out);
        }
    }

    private void nearest(Image image, Rows out) {
        int[] columns = nearest(image.width(), width, window.left, window.width);
        var row = lines.take(window.width);
        for (int y : nearest(image.height(), height, window.top, window.height)) {
            pick(image, y, columns, row, out);
        }
    }

    private static void pick(Image image, int y, int[] columns, int[] row, Rows out) {
        var pixels = image.pixels();
        for (int x = 0; x < columns.length; x++) {
            int at = 3 * (y * image.width() + columns[x]);
            row[x] = pixels[at] & 0xff | (pixels[at + 1] & 0xff) << 8 | (pixels[at + 2] & 0xff) << 16;
        }
        out.accept(row);
    }

    private int[] nearest(int inSize, int outSize, int from, int count) {
        double scale = (double) (float) inSize / outSize;
        double position = scale * 0.5;
        var nearest = lines.take(count);
        // Added up step by step because Pillow does, rounding errors included.
        for (int i = 0; i < from + count; i++, position += scale) {
            if (i >= from) {
                nearest[i - from] = Math.min((int) position, inSize - 1);
            }
        }
        return nearest;
    }
}
