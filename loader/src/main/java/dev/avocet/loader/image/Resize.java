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

    /** What makes, of a picture of any size, {@code window} of its version of {@code width} x {@code height} pixels. */
    Resize(Resample filter, int width, int height, Window window) {
        this.filter = filter;
        this.width = width;
        this.height = height;
        this.window = window;
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
                pick(image, weights.begin(), weights.end(), new RowSums(weights, window.width, out));
            } else {
                pick(image, window.top, window.top + window.height, out);
            }
            return;
        }
        var byColumn = weights(image.width(), width, window.left, window.width);
        if (!rows) {
            var columns = new ColumnSums(byColumn, image.pixels(), image.width());
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
                    new Resize(filter, image.width(), height, new Window(0, window.top, image.width(), window.height));
            all.pick(image, byRow.begin(), byRow.end(), new RowSums(byRow, image.width(), shorter));
            new ColumnSums(byColumn, shorter.pixels(), image.width()).apply(0, window.height, out);
        } else {
            var columns = new ColumnSums(byColumn, image.pixels(), image.width());
            columns.apply(byRow.begin(), byRow.end(), new RowSums(byRow, window.width, out));
        }
    }

    private Weights weights(int inSize, int outSize, int from, int count) {
        return new Weights(inSize, outSize, from, count, filter);
    }

    /** Rows of the picture itself, of which the window's columns are taken. */
    private void pick(Image image, int firstRow, int endRow, Rows out) {
        var columns = new int[window.width];
        Arrays.setAll(columns, x -> window.left + x);
        for (int y = firstRow; y < endRow; y++) {
            pick(image, y, columns, out);
        }
    }

    private void nearest(Image image, Rows out) {
        int[] columns = nearest(image.width(), width, window.left, window.width);
        for (int y : nearest(image.height(), height, window.top, window.height)) {
            pick(image, y, columns, out);
        }
    }

    private static void pick(Image image, int y, int[] columns, Rows out) {
        var pixels = image.pixels();
        var row = new int[columns.length];
        for (int x = 0; x < columns.length; x++) {
            int at = 3 * (y * image.width() + columns[x]);
            row[x] = pixels[at] & 0xff | (pixels[at + 1] & 0xff) << 8 | (pixels[at + 2] & 0xff) << 16;
        }
        out.accept(row);
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
}
