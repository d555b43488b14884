// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend.reference;

import dev.avocet.core.tensor.Shape;
import java.util.List;

/** Operations that only move elements. */
final class ReferenceLayout {
    private ReferenceLayout() {}

    /** Pictures [B,C,H,W] as rows of patches [B,P,C*height*width]. */
    static float[] patchify(float[] x, Shape shape, int height, int width) {
        int channels = shape.dim(1);
        int down = shape.dim(2) / height;
        int across = shape.dim(3) / width;
        var result = new float[shape.dim(0) * down * across * channels * height * width];
        int position = 0;
        for (int b = 0; b < shape.dim(0); b++) {
            for (int patch = 0; patch < down * across; patch++) {
                for (int c = 0; c < channels; c++) {
                    for (int row = 0; row < height; row++) {
                        int line = (b * channels + c) * shape.dim(2) + patch / across * height + row;
                        System.arraycopy(x, line * shape.dim(3) + patch % across * width, result, position, width);
                        position += width;
                    }
                }
            }
        }
        return result;
    }

    /** Parts joined along one axis; a part's extent of 1 on another axis is repeated. */
    static float[] concat(List<float[]> parts, List<Shape> shapes, int axis, Shape result) {
        var joined = new float[Math.toIntExact(result.elements())];
        int offset = 0;
        for (int p = 0; p < parts.size(); p++) {
            var shape = shapes.get(p);
            var whole = result.with(axis, shape.dim(axis));
            var zeros = new float[Math.toIntExact(whole.elements())];
            var part = ReferenceKernels.broadcast(zeros, whole, parts.get(p), shape, (_, value) -> value);
            int inner = inner(result, axis);
            int run = shape.dim(axis) * inner;
            for (int i = 0; i * run < part.length; i++) {
                System.arraycopy(part, i * run, joined, i * result.dim(axis) * inner + offset, run);
            }
            offset += run;
        }
        return joined;
    }

    /** Positions {@code from} to {@code to} of an axis. */
    static float[] slice(float[] x, Shape shape, int axis, int from, int to) {
        int inner = inner(shape, axis);
        int run = (to - from) * inner;
        int step = shape.dim(axis) * inner;
        int count = step == 0 ? 0 : x.length / step;
        var result = new float[count * run];
        for (int i = 0; i < count; i++) {
            System.arraycopy(x, i * step + from * inner, result, i * run, run);
        }
        return result;
    }

    /** Matrices [batch,rows,columns] transposed to [batch,columns,rows]. */
    static float[] swap(float[] x, int batch, int rows, int columns) {
        var result = new float[x.length];
        for (int b = 0; b < batch; b++) {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    result[(b * columns + j) * rows + i] = x[(b * rows + i) * columns + j];
                }
            }
        }
        return result;
    }

    private static int inner(Shape shape, int axis) {
        int inner = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            inner *= shape.dim(i);
        }
        return inner;
    }
}
