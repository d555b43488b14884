// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.bytedeco.cuda.global.cudnn.*;

import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Padding;
import dev.avocet.kernels.cuda.DnnGraph.Tensor;
import dev.avocet.kernels.cuda.DnnPlan.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What cuDNN is asked to run in one graph. Equal recipes share a plan. Strides are in elements between rows. */
sealed interface DnnRecipe {
    /** Draws the graph. */
    void draw(DnnGraph graph);

    /** How its operands are kept. */
    Precision precision();

    /** The plan for a device; empty where it can't run this. */
    default Optional<DnnPlan> on(Dnn dnn) {
        return dnn.plan(this, _ -> {
            var graph = new DnnGraph(dnn, precision());
            var plan = planned(graph);
            try {
                graph.close();
            } catch (RuntimeException e) {
                plan.ifPresent(unused -> Release.after(e, unused::close));
                throw e;
            }
            return plan;
        });
    }

    private Optional<DnnPlan> planned(DnnGraph graph) {
        try {
            draw(graph);
            return graph.plan();
        } catch (RuntimeException | Error e) {
            Release.after(e, graph::close);
            throw e;
        }
    }

    /**
     * What follows a product, in this order.
     *
     * @param residualStride 0 where there is none
     */
    record Finish(boolean isBiased, Activation activation, int residualStride) {
        /** Draws a product that writes what it is given, and then what follows; the last one writes the result. */
        private void draw(DnnGraph graph, Consumer<Tensor> product, Tensor bias, Tensor residual, Tensor result) {
            var steps = new ArrayList<BiConsumer<Tensor, Tensor>>();
            if (isBiased) {
                steps.add((x, y) -> graph.pointwise(CUDNN_POINTWISE_ADD, x, bias, y));
            }
            if (activation != Activation.NONE) {
                steps.add((x, y) -> activate(graph, x, y));
            }
            if (residualStride != 0) {
                steps.add((x, y) -> graph.pointwise(CUDNN_POINTWISE_ADD, x, residual, y));
            }
            var y = steps.isEmpty() ? result : graph.hidden(result.dims(), result.strides());
            product.accept(y);
            for (int i = 0; i < steps.size(); i++) {
                boolean isLast = i == steps.size() - 1;
                var next = isLast ? result : graph.hidden(result.dims(), result.strides());
                steps.get(i).accept(y, next);
                y = next;
            }
        }

        private void activate(DnnGraph graph, Tensor x, Tensor y) {
            switch (activation) {
                case NONE -> throw new AssertionError("nothing to draw");
                case GELU -> graph.pointwise(CUDNN_POINTWISE_GELU_FWD, x, y);
                case GELU_TANH -> graph.pointwise(CUDNN_POINTWISE_GELU_APPROX_TANH_FWD, x, y);
                case QUICK_GELU -> graph.swish(1.702, x, y);
                case SWISH -> graph.swish(1, x, y);
                case SIGMOID -> graph.pointwise(CUDNN_POINTWISE_SIGMOID_FWD, x, y);
                case TANH -> graph.pointwise(CUDNN_POINTWISE_TANH_FWD, x, y);
                case RELU -> graph.pointwise(CUDNN_POINTWISE_RELU_FWD, x, y);
            }
        }
    }

    /**
     * finish(x [batch,rows,inputs] &middot; gate [batch,1,inputs] times w [outputs,inputs] transposed), drawn as a convolution
     * of one pixel: cuDNN 9.14 asked for a matmul of 2048 inputs or more for an H100 that is not there divides by zero, and
     * the engines are as good.
     *
     * @param gateStride 0 where there is no gate
     * @param alignment the bytes that all addresses are multiples of
     */
    record Product(
            Precision precision, int batch, int rows, int inputs, int outputs, int xStride, int gateStride,
            int wStride, int yStride, Finish finish, int alignment) implements DnnRecipe {
        private static final DnnGraph.Window PIXEL =
                new DnnGraph.Window(1, new long[] {0, 0}, new long[] {0, 0});

        @Override
        public void draw(DnnGraph graph) {
            var x = column(rows, inputs, xStride).operand(graph, Role.X, alignment);
            var w = new Picture(outputs, 1, 1, inputs, wStride).operand(graph, Role.WEIGHT, alignment);
            var y = column(rows, outputs, yStride).operand(graph, Role.RESULT, alignment);
            var bias = finish.isBiased
                    ? new Picture(1, 1, 1, outputs, outputs).operand(graph, Role.BIAS, alignment)
                    : null;
            var residual = finish.residualStride == 0
                    ? null
                    : column(rows, outputs, finish.residualStride).operand(graph, Role.RESIDUAL, alignment);
            var factor = x;
            if (gateStride != 0) {
                var gate = column(1, inputs, gateStride).operand(graph, Role.GATE, alignment);
                factor = graph.rounded(x.dims(), x.strides());
                graph.pointwise(CUDNN_POINTWISE_MUL, x, gate, factor);
            }
            var gated = factor;
            finish.draw(graph, result -> graph.convolution(gated, w, PIXEL, result), bias, residual, y);
        }

        /** Rows as pictures that are one pixel wide. */
        private Picture column(int height, int channels, int stride) {
            return new Picture(batch, height, 1, channels, stride);
        }
    }

    /**
     * A picture in memory, channels last: x [batch,height,width,channels].
     *
     * @param stride the elements from one pixel to the next
     */
    record Picture(int batch, int height, int width, int channels, int stride) {
        private Tensor operand(DnnGraph graph, Role role, int alignment) {
            return graph.operand(role, alignment, dims(), new long[] {
                (long) height * width * stride, 1, (long) width * stride, stride});
        }

        private long[] dims() {
            return new long[] {batch, channels, height, width};
        }
    }

    /** finish(a convolution of x with w [outputs,kernelHeight,kernelWidth,channels]). */
    record Convolution(
            Precision precision, Picture x, int kernelHeight, int kernelWidth, int stride, Padding padding, Picture y,
            Finish finish, int alignment) implements DnnRecipe {
        @Override
        public void draw(DnnGraph graph) {
            var input = x.operand(graph, Role.X, alignment);
            long channels = x.channels;
            var w = graph.operand(Role.WEIGHT, alignment,
                    new long[] {y.channels, channels, kernelHeight, kernelWidth},
                    new long[] {channels * kernelHeight * kernelWidth, 1, kernelWidth * channels, channels});
            var result = y.operand(graph, Role.RESULT, alignment);
            var bias = finish.isBiased
                    ? new Picture(1, 1, 1, y.channels, y.channels).operand(graph, Role.BIAS, alignment)
                    : null;
            var residual = finish.residualStride == 0
                    ? null
                    : new Picture(y.batch, y.height, y.width, y.channels, finish.residualStride)
                            .operand(graph, Role.RESIDUAL, alignment);
            var window = new DnnGraph.Window(stride, new long[] {padding.top(), padding.left()},
                    new long[] {padding.bottom(), padding.right()});
            finish.draw(graph, output -> graph.convolution(input, w, window, output), bias, residual, result);
        }
    }

    /**
     * Attention over q, k, v [batch,tokens,heads*depth], all with rows of one stride; without a mask. cuDNN knows it by its
     * operations, and among them are those for the logarithms of the sums, which nobody reads here.
     */
    record Attention(
            Precision precision, int batch, int tokens, int heads, int depth, int stride, int yStride, int alignment)
            implements
            DnnRecipe {
        @Override
        public void draw(DnnGraph graph) {
            var rows = new long[] {batch, heads, tokens, depth};
            var lying = new long[] {(long) tokens * stride, depth, stride, 1};
            var q = graph.operand(Role.X, alignment, rows, lying);
            var k = graph.operand(Role.KEY, alignment, new long[] {batch, heads, depth, tokens},
                    new long[] {(long) tokens * stride, depth, 1, stride});
            var v = graph.operand(Role.VALUE, alignment, rows, lying);
            var y = graph.operand(Role.RESULT, alignment, rows,
                    new long[] {(long) tokens * yStride, depth, yStride, 1});
            var scale = graph.number(Role.SCALE, 4);
            var scores = scores(graph, tokens);
            graph.matmul(q, k, scores);
            var scaled = scores(graph, tokens);
            graph.pointwise(CUDNN_POINTWISE_MUL, scores, scale, scaled);
            var largest = scores(graph, 1);
            graph.reduction(CUDNN_REDUCE_TENSOR_MAX, scaled, largest);
            var shifted = scores(graph, tokens);
            graph.pointwise(CUDNN_POINTWISE_SUB, scaled, largest, shifted);
            var powers = scores(graph, tokens);
            graph.pointwise(CUDNN_POINTWISE_EXP, shifted, powers);
            var sums = scores(graph, 1);
            graph.reduction(CUDNN_REDUCE_TENSOR_ADD, powers, sums);
            var logarithms = scores(graph, 1);
            graph.pointwise(CUDNN_POINTWISE_LOG, sums, logarithms);
            graph.pointwise(CUDNN_POINTWISE_ADD, largest, logarithms, scores(graph, 1));
            var shape = shape(tokens);
            var probabilities = graph.rounded(shape, packed(shape));
            graph.pointwise(CUDNN_POINTWISE_DIV, powers, sums, probabilities);
            graph.matmul(probabilities, v, y);
        }

        private long[] shape(long columns) {
            return new long[] {batch, heads, tokens, columns};
        }

        private static long[] packed(long[] dims) {
            return new long[] {dims[1] * dims[2] * dims[3], dims[2] * dims[3], dims[3], 1};
        }

        private Tensor scores(DnnGraph graph, long columns) {
            var dims = shape(columns);
            return graph.hidden(dims, packed(dims));
        }

        /** The operands, in the order in which a launch passes them. */
        static List<Role> roles() {
            return List.of(Role.X, Role.KEY, Role.VALUE, Role.RESULT, Role.SCALE);
        }
    }
}
