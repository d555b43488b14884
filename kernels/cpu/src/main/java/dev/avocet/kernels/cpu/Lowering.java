// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Op;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.layout.Axes;
import dev.avocet.core.layout.Block;
import dev.avocet.core.layout.Values;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;

/** Writes each step of a graph as native operations; op.h says which field means what. */
final class Lowering {
    private final Values values;
    private final Kernels kernels;
    private final PackedWeights weights;
    private final Program.Writer out;

    private Lowering(Values values, Kernels kernels, PackedWeights weights) {
        this.out = new Program.Writer();
        this.values = values;
        this.kernels = kernels;
        this.weights = weights;
    }

    /** The native operations of a graph whose tensors have their places. */
    static Program.Writer lower(Graph graph, Values values, Kernels kernels, PackedWeights weights) {
        var lowering = new Lowering(values, kernels, weights);
        for (int step = 0; step < graph.nodes().size(); step++) {
            if (!values.isView(step)) {
                lowering.out.nextStep();
                lowering.lower(graph.nodes().get(step), step);
            }
        }
        return lowering.out;
    }

    private void lower(Node node, int step) {
        var y = node.output();
        switch (node.op()) {
            case Op.Linear op -> linear(op, y);
            case Op.Matmul op -> matmul(op, y, values.temporary(step));
            case Op.Conv2d op -> convolution(op, y);
            case Op.DepthwiseConv2d op -> depthwise(op, y);
            case Op.Attention op -> attention(op, node);
            case Op.PackedAttention op -> packedAttention(op, y);
            case Op.LayerNorm op -> norm(Kernel.LAYER_NORM, op.x(), y, op.weight(), op.bias(), op.epsilon());
            case Op.Softmax op -> norm(Kernel.SOFTMAX, op.x(), y, null, null, 0);
            case Op.L2Normalize op -> norm(Kernel.L2_NORMALIZE, op.x(), y, null, null, 0);
            case Op.Embedding op -> embedding(op, y);
            case Op.Gather op -> gather(op, y);
            case Op.Add op -> broadcast(Kernel.ADD, op.a(), op.b(), y);
            case Op.Multiply op -> broadcast(Kernel.MULTIPLY, op.a(), op.b(), y);
            case Op.Scale op -> elementwise(Kernel.SCALE, op.x(), y, 0, op.factor());
            case Op.Activate op -> elementwise(Kernel.ACTIVATE, op.x(), y, code(op.function()), 0);
            case Op.MeanSpatial op -> pool(Kernel.MEAN, op.x(), y);
            case Op.MaxSpatial op -> pool(Kernel.MAXIMUM, op.x(), y);
            case Op.Patchify op -> patchify(op, y);
            case Op.Concat op -> concat(op, y);
            case Op.Slice op -> slice(op, y);
            case Op.Reshape op -> reshape(op, y);
            case Op.ChannelsLast op -> channelsLast(op.x(), y);
            case Op.ChannelsFirst op -> channelsFirst(op.x(), y);
            case Op.Constant _ -> throw new AssertionError("a constant is where its weight is");
        }
    }

    private void linear(Op.Linear op, Tensor y) {
        long outputs = op.weight().shape().dim(0);
        long inputs = op.weight().shape().dim(1);
        var x = values.of(op.x());
        var gate = values.of(op.gate());
        out.op(Kernel.LINEAR).view(x).view(values.of(y));
        weight(op.weight(), Packing.MATRIX);
        epilogue(op.bias(), op.epilogue());
        out.numbers(y.shape().rows(), inputs, outputs).view(gate);
        out.number(gate == null ? 1 : Math.max(1, x.count() / Math.max(1, gate.count())));
    }

    private void matmul(Op.Matmul op, Tensor y, Block packed) {
        long inputs = op.b().shape().dim(1);
        long outputs = op.b().shape().dim(0);
        out.op(Kernel.PACK).view(values.of(op.b())).number(Program.reference(packed, packed.address(0, 0)))
                .numbers(outputs, inputs);
        out.op(Kernel.LINEAR).view(values.of(op.a())).view(values.of(y))
                .number(Program.reference(packed, packed.address(0, 0)));
        epilogue(null, Op.Epilogue.NONE);
        out.numbers(op.a().shape().dim(0), inputs, outputs).view(null).number(1L);
    }

    private void convolution(Op.Conv2d op, Tensor y) {
        out.op(Kernel.CONVOLUTION).view(values.of(op.x())).view(values.of(y));
        weight(op.weight(), Packing.CONVOLUTION);
        epilogue(op.bias(), op.epilogue());
        window(op.x().shape(), y.shape(), op.weight().shape(), op.stride(), op.padding());
    }

    private void depthwise(Op.DepthwiseConv2d op, Tensor y) {
        out.op(Kernel.DEPTHWISE).view(values.of(op.x())).view(values.of(y));
        weight(op.weight(), Packing.DEPTHWISE);
        epilogue(op.bias(), op.epilogue());
        window(op.expanded(), y.shape(), op.weight().shape(), op.stride(), op.padding());
        if (op.expansion() != null) {
            weight(op.expansion().weight(), Packing.MATRIX);
            vector(op.expansion().bias());
            out.numbers(code(op.expansion().activation()), op.x().shape().dim(3));
        }
    }

    private void window(Shape x, Shape y, Shape weight, int stride, Padding padding) {
        out.numbers(x.dim(0), x.dim(1), x.dim(2), x.dim(3));
        out.numbers(y.dim(1), y.dim(2), y.dim(3));
        out.numbers(weight.dim(2), weight.dim(3), stride, padding.top(), padding.left());
    }

    private void epilogue(Weight bias, Op.Epilogue epilogue) {
        vector(bias);
        out.number(code(epilogue.activation())).view(values.of(epilogue.residual()));
    }

    private void attention(Op.Attention op, Node node) {
        var shape = op.q().shape();
        out.op(Kernel.ATTENTION).view(values.of(op.q())).view(values.of(op.k())).view(values.of(op.v()));
        out.view(values.of(node.output()));
        out.view(node.outputs().size() > 1 ? values.of(node.outputs().get(1)) : null);
        out.number(op.mask() == null ? 0 : Program.reference(values.of(op.mask())));
        out.numbers(shape.dim(0), shape.dim(1), op.heads(), shape.dim(2) / op.heads()).number(op.scale());
    }

    private void packedAttention(Op.PackedAttention op, Tensor y) {
        var shape = op.q().shape();
        out.op(Kernel.PACKED_ATTENTION).view(values.of(op.q())).view(values.of(op.k())).view(values.of(op.v()));
        out.view(values.of(y)).view(null).number(Program.reference(values.of(op.texts())));
        out.numbers(shape.dim(0), shape.dim(1), op.heads(), shape.dim(2) / op.heads()).number(op.scale());
    }

    private void norm(Kernel kernel, Tensor x, Tensor y, Weight weight, Weight bias, double epsilon) {
        out.op(kernel).view(values.of(x)).view(values.of(y));
        vector(weight);
        vector(bias);
        out.numbers(y.shape().rows(), y.shape().columns()).number(epsilon);
    }

    private void embedding(Op.Embedding op, Tensor y) {
        out.op(Kernel.EMBEDDING).number(Program.reference(values.of(op.ids())));
        weight(op.table(), Packing.ROWS);
        out.number(kernels.rowStride(op.table().shape().dim(1))).view(values.of(y));
        out.numbers(y.shape().rows(), y.shape().columns());
    }

    private void gather(Op.Gather op, Tensor y) {
        out.op(Kernel.EMBEDDING).number(Program.reference(values.of(op.rows()))).view(values.of(op.x()));
        out.view(values.of(y)).numbers(y.shape().rows(), y.shape().columns());
    }

    private void elementwise(Kernel kernel, Tensor x, Tensor y, long function, double factor) {
        out.op(kernel).view(values.of(x)).view(values.of(y));
        out.numbers(y.shape().rows(), y.shape().columns(), function).number(factor);
    }

    private void broadcast(Kernel kernel, Tensor a, Tensor b, Tensor y) {
        var axes = new Axes(y.shape());
        var walk = axes.through(values.of(b), b.shape());
        out.op(kernel).view(values.of(a)).view(values.of(y)).number(Program.reference(walk));
        out.numbers(y.shape().rows(), y.shape().columns());
        out.numbers(axes.extents()).numbers(walk.steps()).number(walk.columnStep());
    }

    private void pool(Kernel kernel, Tensor x, Tensor y) {
        var shape = x.shape();
        out.op(kernel).view(values.of(x)).view(values.of(y));
        out.numbers(shape.dim(0), (long) shape.dim(1) * shape.dim(2), shape.dim(3));
    }

    private void patchify(Op.Patchify op, Tensor y) {
        var shape = op.x().shape();
        out.op(Kernel.PATCHIFY).view(values.of(op.x())).view(values.of(y));
        out.numbers(shape.dim(0), shape.dim(1), shape.dim(2));
        out.numbers(shape.dim(2) / op.height(), shape.dim(3) / op.width(), op.height(), op.width());
    }

    /** One copy for each part, to where it lies in the result. */
    private void concat(Op.Concat op, Tensor y) {
        int from = 0;
        for (var part : op.parts()) {
            int extent = part.shape().dim(op.axis());
            var axes = new Axes(y.shape().with(op.axis(), extent));
            copy(axes, axes.through(values.of(part), part.shape()),
                    axes.through(values.of(y), y.shape(), op.axis(), from));
            from += extent;
        }
    }

    private void slice(Op.Slice op, Tensor y) {
        var axes = new Axes(y.shape());
        copy(axes, axes.through(values.of(op.x()), op.x().shape(), op.axis(), op.from()),
                axes.through(values.of(y), y.shape()));
    }

    private void copy(Axes axes, Axes.Walk from, Axes.Walk to) {
        out.op(Kernel.COPY).numbers(Program.reference(from), Program.reference(to)).numbers(axes.columns(),
                from.columnStep());
        out.numbers(axes.extents()).numbers(from.steps()).numbers(to.steps());
    }

    private void reshape(Op.Reshape op, Tensor y) {
        out.op(Kernel.RESHAPE).view(values.of(op.x())).view(values.of(y));
        out.numbers(op.x().shape().columns(), y.shape().columns(), y.shape().elements());
    }

    /** For each line of the picture, [C,W] with a whole channel between rows becomes [W,C]. */
    private void channelsLast(Tensor x, Tensor y) {
        long channels = x.shape().dim(1);
        long height = x.shape().dim(2);
        long width = x.shape().dim(3);
        var from = values.of(x);
        var to = values.of(y);
        out.op(Kernel.TRANSPOSE).numbers(Program.reference(from), height * from.stride(), Program.reference(to),
                to.stride());
        out.numbers(channels, width).numbers(x.shape().dim(0), height);
        out.numbers(channels * height * from.stride(), from.stride());
        out.numbers(height * width * to.stride(), width * to.stride());
    }

    /** For each line of the picture, [W,C] becomes [C,W] with a whole channel between rows. */
    private void channelsFirst(Tensor x, Tensor y) {
        long channels = x.shape().dim(3);
        long height = x.shape().dim(1);
        long width = x.shape().dim(2);
        var from = values.of(x);
        var to = values.of(y);
        out.op(Kernel.TRANSPOSE).numbers(Program.reference(from), from.stride(), Program.reference(to),
                height * to.stride());
        out.numbers(width, channels).numbers(x.shape().dim(0), height);
        out.numbers(height * width * from.stride(), width * from.stride());
        out.numbers(channels * height * to.stride(), to.stride());
    }

    private void weight(Weight weight, Packing packing) {
        var block = weights.of(weight, packing);
        out.number(Program.reference(block, block.address(0, packing.floats(weight.shape(), kernels))));
    }

    private void vector(Weight weight) {
        if (weight == null) {
            out.number(0L);
        } else {
            weight(weight, Packing.ROWS);
        }
    }

    /** A function's number in op.h. */
    private static long code(Activation function) {
        return switch (function) {
            case NONE -> 0;
            case GELU -> 1;
            case GELU_TANH -> 2;
            case QUICK_GELU -> 3;
            case SWISH -> 4;
            case SIGMOID -> 5;
            case TANH -> 6;
            case RELU -> 7;
        };
    }
}
