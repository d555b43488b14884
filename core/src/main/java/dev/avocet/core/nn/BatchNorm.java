// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Weight;

/**
 * Batch normalisation of a trained model (Ioffe and Szegedy, 2015), which never runs: it is folded into the convolution
 * before it, in double precision, each weight rounded once.
 *
 * @param scale per channel: weight / &radic;(running_var + epsilon)
 * @param shift per channel: bias - running_mean &middot; scale
 */
record BatchNorm(double[] scale, double[] shift) {
    /** From {@code weight}, {@code bias}, {@code running_mean} and {@code running_var} at a path. */
    static BatchNorm load(Weights weights, int channels, double epsilon) {
        var weight = weights.get("weight", channels).toFloats();
        var bias = weights.get("bias", channels).toFloats();
        var mean = weights.get("running_mean", channels).toFloats();
        var variance = weights.get("running_var", channels).toFloats();
        var scale = new double[channels];
        var shift = new double[channels];
        for (int c = 0; c < channels; c++) {
            scale[c] = weight[c] / Math.sqrt(variance[c] + epsilon);
            shift[c] = bias[c] - mean[c] * scale[c];
        }
        return new BatchNorm(scale, shift);
    }

    /** A convolution's weight, [O,...], with each output channel scaled. */
    Weight fold(Weight convolution) {
        return new Folded(convolution, scale);
    }

    /** The bias that a convolution without one gets. */
    Weight bias(String name) {
        return new Shift(name, shift);
    }

    private record Folded(Weight weight, double[] scale) implements Weight {
        @Override
        public String name() {
            return weight.name();
        }

        @Override
        public Shape shape() {
            return weight.shape();
        }

        @Override
        public void read(long from, float[] into, int offset, int count) {
            weight.read(from, into, offset, count);
            long perChannel = shape().elements() / scale.length;
            for (long at = from, end; at < from + count; at = end) {
                int channel = (int) (at / perChannel);
                end = Math.min((channel + 1) * perChannel, from + count);
                scale(into, offset + (int) (at - from), (int) (end - at), scale[channel]);
            }
        }

        private static void scale(float[] values, int from, int count, double factor) {
            for (int i = from; i < from + count; i++) {
                values[i] = (float) (values[i] * factor);
            }
        }

        @Override
        public void release() {
            weight.release();
        }
    }

    private record Shift(String name, double[] values) implements Weight {
        @Override
        public Shape shape() {
            return Shape.of(values.length);
        }

        @Override
        public void read(long from, float[] into, int offset, int count) {
            for (int i = 0; i < count; i++) {
                into[offset + i] = (float) values[(int) from + i];
            }
        }
    }
}
