// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend.reference;

import dev.avocet.core.tensor.Shape;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Products, norms and element-wise functions over dense arrays: every sum in double, each result rounded once. */
final class ReferenceKernels {
    private ReferenceKernels() {}

    /** x [M,K] times weight [N,K] transposed, plus bias [N] or null. */
    static float[] linear(float[] x, float[] weight, float[] bias, Shape weightShape) {
        int outputs = weightShape.dim(0);
        int inputs = weightShape.dim(1);
        int rows = inputs == 0 ? 0 : x.length / inputs;
        var result = new float[Math.multiplyExact(rows, outputs)];
        for (int row = 0; row < rows; row++) {
            for (int n = 0; n < outputs; n++) {
                double sum = bias == null ? 0 : bias[n];
                result[row * outputs + n] = (float) (sum + dot(x, row * inputs, weight, n * inputs, inputs));
            }
        }
        return result;
    }

    /** Four sums side by side: one would wait for each addition before the next. */
    private static double dot(float[] a, int aStart, float[] b, int bStart, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            s0 += (double) a[aStart + i] * b[bStart + i];
            s1 += (double) a[aStart + i + 1] * b[bStart + i + 1];
            s2 += (double) a[aStart + i + 2] * b[bStart + i + 2];
            s3 += (double) a[aStart + i + 3] * b[bStart + i + 3];
        }
        for (; i < count; i++) {
            s0 += (double) a[aStart + i] * b[bStart + i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Attention over q, k, v [B,S,H*d]: writes the context [B,S,H*d], returns the probabilities [B,H,S,S]. */
    static float[] attention(
            float[] q, float[] k, float[] v, int[] mask, float scale, Shape shape, int heads, float[] context) {
        int batch = shape.dim(0);
        int tokens = shape.dim(1);
        int width = shape.dim(2);
        int depth = width / heads;
        var probabilities = new float[Math.toIntExact((long) batch * heads * tokens * tokens)];
        var scores = new double[tokens];
        for (int b = 0; b < batch; b++) {
            for (int head = 0; head < heads; head++) {
                for (int row = 0; row < tokens; row++) {
                    int query = (b * tokens + row) * width + head * depth;
                    for (int key = 0; key < tokens; key++) {
                        int start = (b * tokens + key) * width + head * depth;
                        boolean hidden = mask != null && mask[b * tokens + key] == 0;
                        scores[key] = hidden ? -Float.MAX_VALUE : dot(q, query, k, start, depth) * scale;
                    }
                    softmax(scores);
                    int out = ((b * heads + head) * tokens + row) * tokens;
                    for (int key = 0; key < tokens; key++) {
                        probabilities[out + key] = (float) scores[key];
                    }
                    for (int d = 0; d < depth; d++) {
                        double sum = 0;
                        for (int key = 0; key < tokens; key++) {
                            sum += scores[key] * v[(b * tokens + key) * width + head * depth + d];
                        }
                        context[query + d] = (float) sum;
                    }
                }
            }
        }
        return probabilities;
    }

    /** Attention over q, k, v [B,S,H*d] inside of each text, a run of tokens with the same number in texts [B,S]. */
    static float[] packedAttention(
            float[] q, float[] k, float[] v, int[] texts, float scale, Shape shape, int heads) {
        int tokens = shape.dim(1);
        int width = shape.dim(2);
        var context = new float[q.length];
        for (int first = 0, end = 0; first < texts.length; first = end) {
            while (end < texts.length && end / tokens == first / tokens && texts[end] == texts[first]) {
                end++;
            }
            int from = first * width;
            int to = end * width;
            var ofText = new float[to - from];
            attention(Arrays.copyOfRange(q, from, to), Arrays.copyOfRange(k, from, to), Arrays.copyOfRange(v, from, to),
                    null, scale, Shape.of(1, end - first, width), heads, ofText);
            System.arraycopy(ofText, 0, context, from, ofText.length);
        }
        return context;
    }

    private static void softmax(double[] row) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : row) {
            max = Math.max(max, value);
        }
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            row[i] = Math.exp(row[i] - max);
            sum += row[i];
        }
        for (int i = 0; i < row.length; i++) {
            row[i] /= sum;
        }
    }

    /** Softmax of each row of {@code width} elements. */
    static float[] softmax(float[] x, int width) {
        var result = new float[x.length];
        var row = new double[width];
        for (int start = 0; start < x.length; start += width) {
            for (int i = 0; i < width; i++) {
                row[i] = x[start + i];
            }
            softmax(row);
            for (int i = 0; i < width; i++) {
                result[start + i] = (float) row[i];
            }
        }
        return result;
    }

    /** Normalises each row of weight's length. */
    static float[] layerNorm(float[] x, float[] weight, float[] bias, float epsilon) {
        int width = weight.length;
        var result = new float[x.length];
        for (int start = 0; start < x.length; start += width) {
            double mean = 0;
            for (int i = 0; i < width; i++) {
                mean += x[start + i];
            }
            mean /= width;
            double variance = 0;
            for (int i = 0; i < width; i++) {
                variance += (x[start + i] - mean) * (x[start + i] - mean);
            }
            double inverse = 1 / Math.sqrt(variance / width + epsilon);
            for (int i = 0; i < width; i++) {
                result[start + i] = (float) ((x[start + i] - mean) * inverse * weight[i] + bias[i]);
            }
        }
        return result;
    }

    /** Rows of a table, by ids. */
    static float[] embedding(int[] ids, float[] table, int width) {
        var result = new float[Math.multiplyExact(ids.length, width)];
        for (int i = 0; i < ids.length; i++) {
            System.arraycopy(table, ids[i] * width, result, i * width, width);
        }
        return result;
    }

    /** A function of each element of a and of the element of b that broadcasting puts there. */
    static float[] broadcast(float[] a, Shape aShape, float[] b, Shape bShape, DoubleBinaryOperator function) {
        int rank = aShape.rank();
        var strides = new int[rank];
        int stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--) {
            int own = axis - (rank - bShape.rank());
            int extent = own < 0 ? 1 : bShape.dim(own);
            strides[axis] = extent == 1 ? 0 : stride;
            stride *= extent;
        }
        var result = new float[a.length];
        var index = new int[rank];
        int position = 0;
        for (int i = 0; i < a.length; i++) {
            result[i] = (float) function.applyAsDouble(a[i], b[position]);
            for (int axis = rank - 1; axis >= 0; axis--) {
                position += strides[axis];
                if (++index[axis] < aShape.dim(axis)) {
                    break;
                }
                position -= strides[axis] * index[axis];
                index[axis] = 0;
            }
        }
        return result;
    }

    /** A function of each element. */
    static float[] map(float[] x, DoubleUnaryOperator function) {
        var result = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            result[i] = (float) function.applyAsDouble(x[i]);
        }
        return result;
    }

    /** The mean of each channel of pictures [B,H,W,C]. */
    static float[] meanSpatial(float[] x, Shape shape) {
        int channels = shape.dim(3);
        int pixels = shape.dim(1) * shape.dim(2);
        var result = new float[shape.dim(0) * channels];
        for (int i = 0; i < result.length; i++) {
            double sum = 0;
            for (int pixel = 0; pixel < pixels; pixel++) {
                sum += x[(i / channels * pixels + pixel) * channels + i % channels];
            }
            result[i] = (float) (sum / pixels);
        }
        return result;
    }

    /** The maximum of each channel of pictures [B,H,W,C]. */
    static float[] maxSpatial(float[] x, Shape shape) {
        int channels = shape.dim(3);
        int pixels = shape.dim(1) * shape.dim(2);
        var result = new float[shape.dim(0) * channels];
        Arrays.fill(result, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < x.length; i++) {
            int out = i / (pixels * channels) * channels + i % channels;
            result[out] = Math.max(result[out], x[i]);
        }
        return result;
    }

    /** Each row of {@code width} elements divided by its length. */
    static float[] l2Normalize(float[] x, int width) {
        var result = new float[x.length];
        for (int start = 0; start < x.length; start += width) {
            double norm = Math.sqrt(dot(x, start, x, start, width));
            for (int i = 0; i < width; i++) {
                result[start + i] = (float) (x[start + i] / norm);
            }
        }
        return result;
    }
}
