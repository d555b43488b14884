// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.tensor.Shape;

/** How kernels read a weight; elements are of the model's storage type, unless said otherwise. */
enum Format {
    /** Rows of the last axis, each beginning at a multiple of 16 bytes. */
    ROWS,
    /** In the order of the checkpoint. */
    DENSE,
    /** In the order of the checkpoint, in float whatever the storage type. */
    FLOATS,
    /** A depthwise convolution's [C,1,h,w] as [h*w,C]. */
    TAPS,
    /** A convolution's [O,C,h,w] as [O,h,w,C]. */
    FILTER;

    /** The elements that a weight takes. */
    long elements(Shape shape, long rowStride) {
        return this == ROWS ? shape.rows() * rowStride : shape.elements();
    }

    /** How many elements of a checkpoint make a piece that can be laid out by itself. */
    long piece(Shape shape) {
        return switch (this) {
            case ROWS -> shape.columns();
            case DENSE, FLOATS -> 1;
            case TAPS -> shape.elements();
            case FILTER -> shape.elements() / shape.dim(0);
        };
    }

    /** Lays out some pieces in a row; with gaps between rows where the format has them. */
    float[] lay(float[] values, int count, Shape shape, int rowStride) {
        return switch (this) {
            case ROWS -> spread(values, count, (int) shape.columns(), rowStride);
            case DENSE, FLOATS -> values;
            case TAPS -> transposed(values, 1, shape.dim(0), count / shape.dim(0));
            case FILTER -> {
                int taps = shape.dim(2) * shape.dim(3);
                yield transposed(values, count / (shape.dim(1) * taps), shape.dim(1), taps);
            }
        };
    }

    private static float[] spread(float[] values, int count, int columns, int stride) {
        var spread = new float[count / columns * stride];
        for (int row = 0; row < count / columns; row++) {
            System.arraycopy(values, row * columns, spread, row * stride, columns);
        }
        return spread;
    }

    /** So many matrices of [rows,columns] turned into [columns,rows]. */
    private static float[] transposed(float[] values, int matrices, int rows, int columns) {
        var turned = new float[matrices * rows * columns];
        for (int matrix = 0; matrix < matrices; matrix++) {
            int start = matrix * rows * columns;
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    turned[start + column * rows + row] = values[start + row * columns + column];
                }
            }
        }
        return turned;
    }
}
