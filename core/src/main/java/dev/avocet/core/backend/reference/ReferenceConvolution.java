// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend.reference;

import dev.avocet.core.graph.Padding;
import dev.avocet.core.tensor.Shape;

/** Convolutions of pictures [B,H,W,C] by their definition. */
record ReferenceConvolution(int kernelHeight, int kernelWidth, int stride, Padding padding) {
    /** The geometry of a weight [O,I,kh,kw]. */
    static ReferenceConvolution of(Shape weight, int stride, Padding padding) {
        return new ReferenceConvolution(weight.dim(2), weight.dim(3), stride, padding);
    }

    /** Every output channel from all input channels: weight [O,C,kh,kw]. */
    float[] dense(float[] x, Shape xShape, float[] weight, float[] bias, Shape result) {
        int channels = xShape.dim(3);
        int taps = channels * kernelHeight * kernelWidth;
        return each(xShape, bias, result, (picture, top, left, out) -> {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += window(x, xShape, picture, top, left, c, weight, out * taps + c * kernelHeight * kernelWidth);
            }
            return sum;
        });
    }

    /** Each channel by itself: weight [C,1,kh,kw]. */
    float[] depthwise(float[] x, Shape xShape, float[] weight, float[] bias, Shape result) {
        return each(xShape, bias, result, (picture, top, left, out) -> window(x, xShape, picture, top, left, out,
                weight, out * kernelHeight * kernelWidth));
    }

    @FunctionalInterface
    private interface Output {
        double at(int picture, int top, int left, int channel);
    }

    private float[] each(Shape xShape, float[] bias, Shape result, Output output) {
        var y = new float[Math.toIntExact(result.elements())];
        int position = 0;
        for (int b = 0; b < result.dim(0); b++) {
            for (int row = 0; row < result.dim(1); row++) {
                for (int column = 0; column < result.dim(2); column++) {
                    for (int channel = 0; channel < result.dim(3); channel++) {
                        double sum = output.at(b * xShape.dim(1), row * stride - padding.top(),
                                column * stride - padding.left(), channel);
                        y[position++] = (float) (bias == null ? sum : sum + bias[channel]);
                    }
                }
            }
        }
        return y;
    }

    /** The kernel over one channel of the window at (top, left); what lies outside the picture is zero. */
    private double window(
            float[] x, Shape shape, int firstRow, int top, int left, int channel, float[] weight, int start) {
        double sum = 0;
        for (int i = Math.max(0, -top); i < Math.min(kernelHeight, shape.dim(1) - top); i++) {
            for (int j = Math.max(0, -left); j < Math.min(kernelWidth, shape.dim(2) - left); j++) {
                int pixel = (firstRow + top + i) * shape.dim(2) + left + j;
                sum += (double) x[pixel * shape.dim(3) + channel] * weight[start + i * kernelWidth + j];
            }
        }
        return sum;
    }
}
