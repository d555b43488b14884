// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.avocet.core.tensor.Shape;
import java.lang.foreign.MemorySegment;

/**
 * The layouts in which kernels read weights. Each is a function of the weight's shape and the tier alone, so all plans of
 * a model share one copy.
 */
enum Packing {
    /** A matrix [N,K] in panels of outputs: [N/panel][K][panel]; rows of the source are outputs. */
    MATRIX {
        @Override
        long floats(Shape shape, Kernels kernels) {
            return roundUp(outputs(shape), kernels.lanes()) * inputs(shape);
        }

        @Override
        void write(Source source, int from, int count, MemorySegment to, Kernels kernels) {
            packRows(source, from, count, to, kernels);
        }
    },

    /** A convolution [O,C,kh,kw] as the matrix [O,kh*kw*C]. */
    CONVOLUTION {
        @Override
        long floats(Shape shape, Kernels kernels) {
            return MATRIX.floats(shape, kernels);
        }

        @Override
        void write(Source source, int from, int count, MemorySegment to, Kernels kernels) {
            int channels = source.shape().dim(1);
            int taps = source.shape().dim(2) * source.shape().dim(3);
            var reordered = new float[source.values().length];
            for (int row = 0; row < count; row++) {
                for (int channel = 0; channel < channels; channel++) {
                    for (int tap = 0; tap < taps; tap++) {
                        reordered[(row * taps + tap) * channels + channel] =
                                source.values()[(row * channels + channel) * taps + tap];
                    }
                }
            }
            packRows(new Source(source.shape(), reordered, source.staging()), from, count, to, kernels);
        }
    },

    /** A depthwise convolution [C,1,kh,kw] with channels side by side: [kh*kw][C rounded up to 16]. */
    DEPTHWISE {
        @Override
        long floats(Shape shape, Kernels kernels) {
            return inputs(shape) * roundUp(outputs(shape), ROW_ALIGNMENT);
        }

        @Override
        void write(Source source, int from, int count, MemorySegment to, Kernels kernels) {
            int taps = (int) inputs(source.shape());
            long width = roundUp(outputs(source.shape()), ROW_ALIGNMENT);
            for (int channel = 0; channel < count; channel++) {
                for (int tap = 0; tap < taps; tap++) {
                    to.setAtIndex(JAVA_FLOAT, tap * width + from + channel, source.values()[channel * taps + tap]);
                }
            }
        }
    },

    /** Rows of the last axis as in the arena, as many as the other axes make; a vector is one row. */
    ROWS {
        @Override
        long floats(Shape shape, Kernels kernels) {
            return shape.rows() * kernels.rowStride(shape.columns());
        }

        @Override
        int sourceRows(Shape shape) {
            return (int) shape.rows();
        }

        @Override
        void write(Source source, int from, int count, MemorySegment to, Kernels kernels) {
            int columns = (int) source.shape().columns();
            long stride = kernels.rowStride(columns);
            for (int row = 0; row < count; row++) {
                MemorySegment.copy(source.values(), row * columns, to, JAVA_FLOAT, (from + row) * stride * Float.BYTES,
                        columns);
            }
        }
    };

    private static final int ROW_ALIGNMENT = 16;

    /**
     * Some rows of a weight as they were read.
     *
     * @param values the rows, densely
     * @param staging native memory at least as large
     */
    record Source(Shape shape, float[] values, MemorySegment staging) {}

    /** The size of the whole weight in this layout. */
    abstract long floats(Shape shape, Kernels kernels);

    /** Writes {@code count} rows of the source, {@code from} on; all but the last of a weight's parts are whole panels. */
    abstract void write(Source source, int from, int count, MemorySegment to, Kernels kernels);

    /** The parts into which the source can be cut. */
    int sourceRows(Shape shape) {
        return outputs(shape);
    }

    private static void packRows(Source source, int from, int count, MemorySegment to, Kernels kernels) {
        long inputs = inputs(source.shape());
        MemorySegment.copy(source.values(), 0, source.staging(), JAVA_FLOAT, 0, (int) (count * inputs));
        kernels.pack(to.address(), source.staging().address(), from, count, inputs);
    }

    private static int outputs(Shape shape) {
        return shape.dim(0);
    }

    private static long inputs(Shape shape) {
        return shape.elements() / Math.max(1, shape.dim(0));
    }

    static long roundUp(long value, long multiple) {
        return Math.ceilDiv(value, multiple) * multiple;
    }
}
