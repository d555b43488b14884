// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The operation set: each call checks its shapes at once and records a step of a graph.
 *
 * <p>Layers write against this class only. Activations are rows of features, [..., D], or pictures with channels last,
 * [B,H,W,C]; the first axis is the batch. Dimension letters: B batch, S tokens, D width, H heads or height, W width of
 * a picture, C channels, K and N inputs and outputs of a product.
 *
 * <p>An object is a place in the model: {@link #at} gives the same recording one level deeper, so that an error names
 * the layer it happened in. Not safe for use from several threads.
 */
public final class Ops {
    private final Recording recording;
    private final String path;

    private Ops(Recording recording, String path) {
        this.recording = recording;
        this.path = path;
    }

    /** A new, empty recording. */
    public static Ops record() {
        return new Ops(new Recording(), "");
    }

    /** The graph recorded so far, with these results by name. */
    public Graph graph(Map<String, Tensor> outputs) {
        var inputs = recording.inputs.values().stream()
                .map(input -> new Graph.Input(
                        input.name(),
                        input.tensor(),
                        recording.bounds.getOrDefault(input.tensor().id(), Integer.MAX_VALUE)))
                .toList();
        return new Graph(inputs, recording.nodes, new LinkedHashMap<>(outputs), recording.tensors);
    }

    /** The same recording, one level deeper in the model. */
    public Ops at(String name) {
        return new Ops(recording, path.isEmpty() ? name : path + "." + name);
    }

    /** The same recording, in one element of a list of layers. */
    public Ops at(String name, int index) {
        return at(name + "." + index);
    }

    /** A value that every run is given; a name can be used once. */
    public Tensor input(String name, DType dtype, Shape shape) {
        var tensor = recording.tensor(dtype, shape);
        if (recording.inputs.putIfAbsent(name, new Graph.Input(name, tensor, Integer.MAX_VALUE)) != null) {
            throw new IllegalArgumentException("there is an input \"" + name + "\" already");
        }
        return tensor;
    }

    /** A weight as a tensor of its own shape. */
    public Tensor constant(Weight weight) {
        return add(new Op.Constant(weight), weight.shape());
    }

    /** x &middot; weight&#7488; + bias: [...,K] and [N,K] give [...,N]; bias [N] may be null. */
    public Tensor linear(Tensor x, Weight weight, Weight bias) {
        check(weight.shape().rank() == 2, "linear", "weight %s %s is no matrix", weight.name(), weight.shape());
        int outputs = weight.shape().dim(0);
        int inputs = weight.shape().dim(1);
        check(x.shape().rank() >= 1 && x.shape().dim(-1) == inputs, "linear",
                "x %s does not end in the %d features that %s %s takes", x.shape(), inputs, weight.name(),
                weight.shape());
        checkBias("linear", bias, outputs);
        return add(new Op.Linear(x, null, weight, bias, Op.Epilogue.NONE), x.shape().with(-1, outputs));
    }

    /** The dot products of all rows of a with all rows of b: [M,K] and [N,K] give [M,N]. */
    public Tensor matmul(Tensor a, Tensor b) {
        check(a.shape().rank() == 2 && b.shape().rank() == 2 && a.shape().dim(1) == b.shape().dim(1), "matmul",
                "a %s and b %s are not two matrices with rows of one length", a.shape(), b.shape());
        return add(new Op.Matmul(a, b), Shape.of(a.shape().dim(0), b.shape().dim(0)));
    }

    /** A convolution: [B,H,W,C] and [O,C,kh,kw] give [B,H',W',O]; bias [O] may be null. */
    public Tensor conv2d(Tensor x, Weight weight, Weight bias, int stride, Padding padding) {
        check(weight.shape().rank() == 4 && x.shape().rank() == 4 && x.shape().dim(3) == weight.shape().dim(1),
                "conv2d",
                "x %s does not have the channels that %s %s takes", x.shape(), weight.name(), weight.shape());
        checkBias("conv2d", bias, weight.shape().dim(0));
        var shape = convolved("conv2d", x, weight, stride, padding);
        return add(new Op.Conv2d(x, weight, bias, stride, padding, Op.Epilogue.NONE), shape);
    }

    /** A convolution of each channel by itself: [B,H,W,C] and [C,1,kh,kw] give [B,H',W',C]; bias [C] may be null. */
    public Tensor depthwiseConv2d(Tensor x, Weight weight, Weight bias, int stride, Padding padding) {
        check(weight.shape().rank() == 4 && weight.shape().dim(1) == 1 && x.shape().rank() == 4
                && x.shape().dim(3) == weight.shape().dim(0), "depthwiseConv2d",
                "x %s does not have one channel per kernel of %s %s", x.shape(), weight.name(), weight.shape());
        checkBias("depthwiseConv2d", bias, weight.shape().dim(0));
        var shape = convolved("depthwiseConv2d", x, weight, stride, padding);
        return add(new Op.DepthwiseConv2d(x, null, weight, bias, stride, padding, Op.Epilogue.NONE), shape);
    }

    private Shape convolved(String op, Tensor x, Weight weight, int stride, Padding padding) {
        check(stride >= 1, op, "stride %d is not positive", stride);
        int height = x.shape().dim(1) + padding.top() + padding.bottom() - weight.shape().dim(2);
        int width = x.shape().dim(2) + padding.left() + padding.right() - weight.shape().dim(3);
        check(height >= 0 && width >= 0, op, "picture %s with %s is smaller than the kernel of %s %s",
                x.shape(), padding, weight.name(), weight.shape());
        return Shape.of(x.shape().dim(0), height / stride + 1, width / stride + 1, weight.shape().dim(0));
    }

    /** What attention gives: the context [B,S,H*d] and the probabilities [B,H,S,S], computed only where asked for. */
    public record Attention(Tensor context, Tensor probabilities) {}

    /**
     * softmax(q &middot; k&#7488; &middot; scale) &middot; v in each head: q, k, v [B,S,H*d].
     *
     * @param mask null, or I32 [B,S]: a key whose mask is 0 gets the score -{@link Float#MAX_VALUE}, so it has no
     *     weight unless all keys are masked, which then weigh the same (as in Hugging Face's eager attention)
     */
    public Attention attention(Tensor q, Tensor k, Tensor v, Tensor mask, int heads, float scale) {
        var shape = q.shape();
        checkHeads("attention", q, k, v, heads);
        var keys = Shape.of(shape.dim(0), shape.dim(1));
        check(mask == null || mask.dtype() == DType.I32 && mask.shape().equals(keys), "attention",
                "mask %s is not I32 %s", mask, keys);
        var context = recording.tensor(DType.F32, shape);
        var probabilities = recording.tensor(DType.F32, Shape.of(shape.dim(0), heads, shape.dim(1), shape.dim(1)));
        recording.nodes.add(new Node(
                new Op.Attention(q, k, v, mask, heads, scale), List.of(context, probabilities), path));
        return new Attention(context, probabilities);
    }

    /**
     * Attention of texts that stand one after the other without padding: as {@link #attention}, but a token sees only
     * its own text. q, k, v [B,S,H*d] give the context [B,S,H*d].
     *
     * @param texts an I32 input [B,S]: neighbours with the same number are one text
     */
    public Tensor packedAttention(Tensor q, Tensor k, Tensor v, Tensor texts, int heads, float scale) {
        checkHeads("packedAttention", q, k, v, heads);
        var tokens = Shape.of(q.shape().dim(0), q.shape().dim(1));
        check(texts.dtype() == DType.I32 && texts.shape().equals(tokens), "packedAttention", "texts %s are not I32 %s",
                texts, tokens);
        var context = recording.tensor(DType.F32, q.shape());
        recording.nodes.add(new Node(new Op.PackedAttention(q, k, v, texts, heads, scale), List.of(context), path));
        return context;
    }

    private void checkHeads(String op, Tensor q, Tensor k, Tensor v, int heads) {
        var shape = q.shape();
        check(shape.rank() == 3 && shape.equals(k.shape()) && shape.equals(v.shape()), op,
                "q %s, k %s and v %s are not three [B,S,D] of one shape", shape, k.shape(), v.shape());
        check(heads >= 1 && shape.dim(2) % heads == 0, op, "width %d is no multiple of %d heads", shape.dim(2), heads);
    }

    /** (x - mean) / &radic;(variance + epsilon) &middot; weight + bias over the last axis; weight and bias [D]. */
    public Tensor layerNorm(Tensor x, Weight weight, Weight bias, float epsilon) {
        var features = Shape.of(x.shape().dim(-1));
        check(weight.shape().equals(features) && bias.shape().equals(features), "layerNorm",
                "x %s does not end in the features of %s %s", x.shape(), weight.name(), weight.shape());
        return add(new Op.LayerNorm(x, weight, bias, epsilon), x.shape());
    }

    /** exp(x) / &Sigma; exp(x) over the last axis. */
    public Tensor softmax(Tensor x) {
        return add(new Op.Softmax(x), x.shape());
    }

    /** The table's rows [V,D] by ids, an I32 input of any shape [...]: [...,D]. */
    public Tensor embedding(Tensor ids, Weight table) {
        check(table.shape().rank() == 2, "embedding", "table %s %s is no matrix", table.name(), table.shape());
        check(ids.dtype() == DType.I32 && recording.isInput(ids), "embedding", "ids %s are not an I32 input", ids);
        recording.bounds.merge(ids.id(), table.shape().dim(0), Math::min);
        var dims = new int[ids.shape().rank() + 1];
        System.arraycopy(ids.shape().toArray(), 0, dims, 0, dims.length - 1);
        dims[dims.length - 1] = table.shape().dim(1);
        return add(new Op.Embedding(ids, table), Shape.of(dims));
    }

    /** Rows of x [...,D] by their numbers, an I32 input [N], all axes of x but the last counted as one: [N,D]. */
    public Tensor gather(Tensor x, Tensor rows) {
        check(rows.dtype() == DType.I32 && rows.shape().rank() == 1 && recording.isInput(rows), "gather",
                "rows %s are not an I32 input [N]", rows);
        check(x.dtype() == DType.F32 && x.shape().rank() >= 1, "gather", "x %s has no rows", x);
        recording.bounds.merge(rows.id(), Math.toIntExact(x.shape().rows()), Math::min);
        var tensor = recording.tensor(DType.F32, Shape.of(rows.shape().dim(0), x.shape().dim(-1)));
        recording.nodes.add(new Node(new Op.Gather(x, rows), List.of(tensor), path));
        return tensor;
    }

    /** a + b; b has a's rank or less (counted from the end), and its axes of extent 1 are repeated. */
    public Tensor add(Tensor a, Tensor b) {
        checkBroadcast("add", a, b);
        return add(new Op.Add(a, b), a.shape());
    }

    /** a times b, element by element; b as in {@link #add}. */
    public Tensor multiply(Tensor a, Tensor b) {
        checkBroadcast("multiply", a, b);
        return add(new Op.Multiply(a, b), a.shape());
    }

    /** x times a number. */
    public Tensor scale(Tensor x, float factor) {
        return add(new Op.Scale(x, factor), x.shape());
    }

    /** A function of each element. */
    public Tensor activation(Tensor x, Activation function) {
        return function == Activation.NONE ? x : add(new Op.Activate(x, function), x.shape());
    }

    /** The mean over height and width: [B,H,W,C] gives [B,1,1,C]. */
    public Tensor meanSpatial(Tensor x) {
        return add(new Op.MeanSpatial(x), spatial("meanSpatial", x));
    }

    /** The maximum over height and width: [B,H,W,C] gives [B,1,1,C]. */
    public Tensor maxSpatial(Tensor x) {
        return add(new Op.MaxSpatial(x), spatial("maxSpatial", x));
    }

    private Shape spatial(String op, Tensor x) {
        check(x.shape().rank() == 4 && x.shape().dim(1) > 0 && x.shape().dim(2) > 0, op, "x %s is no picture",
                x.shape());
        return x.shape().with(1, 1).with(2, 1);
    }

    /**
     * Cuts a picture into rows: [B,C,H,W] gives [B,(H/height)*(W/width),C*height*width]; what is left over is dropped.
     */
    public Tensor patchify(Tensor x, int height, int width) {
        check(x.shape().rank() == 4 && height >= 1 && width >= 1 && x.shape().dim(2) >= height
                && x.shape().dim(3) >= width,
                "patchify", "picture %s is smaller than a patch of %d x %d", x.shape(), height, width);
        int patches = (x.shape().dim(2) / height) * (x.shape().dim(3) / width);
        return add(new Op.Patchify(x, height, width),
                Shape.of(x.shape().dim(0), patches, x.shape().dim(1) * height * width));
    }

    /** Each row divided by its Euclidean length. */
    public Tensor l2Normalize(Tensor x) {
        return add(new Op.L2Normalize(x), x.shape());
    }

    /** Tensors of one rank joined along an axis; on the other axes an extent of 1 is repeated. */
    public Tensor concat(int axis, Tensor... parts) {
        var shape = parts[0].shape();
        int joined = 0;
        for (var part : parts) {
            check(part.shape().rank() == shape.rank(), "concat", "%s and %s differ in rank", shape, part.shape());
            joined += part.shape().dim(axis);
            for (int i = 0; i < shape.rank(); i++) {
                shape = shape.with(i, Math.max(shape.dim(i), part.shape().dim(i)));
            }
        }
        shape = shape.with(axis, joined);
        for (var part : parts) {
            for (int i = 0; i < shape.rank(); i++) {
                int extent = part.shape().dim(i);
                check(i == shape.axis(axis) || extent == 1 || extent == shape.dim(i), "concat",
                        "%s does not fit into %s", part.shape(), shape);
            }
        }
        return add(new Op.Concat(List.of(parts), shape.axis(axis)), shape);
    }

    /** Positions {@code from} to {@code to} (exclusive) of an axis. */
    public Tensor slice(Tensor x, int axis, int from, int to) {
        check(0 <= from && from <= to && to <= x.shape().dim(axis), "slice",
                "%d to %d is outside axis %d of %s", from, to, axis, x.shape());
        return add(new Op.Slice(x, x.shape().axis(axis), from, to), x.shape().with(axis, to - from));
    }

    /** The same elements in C order under another shape. */
    public Tensor reshape(Tensor x, int... dims) {
        var shape = Shape.of(dims);
        check(shape.elements() == x.shape().elements(), "reshape", "%s and %s differ in size", x.shape(), shape);
        return shape.equals(x.shape()) ? x : add(new Op.Reshape(x), shape);
    }

    /** A picture as files and checkpoints have it, [B,C,H,W], with its channels last: [B,H,W,C]. */
    public Tensor channelsLast(Tensor x) {
        check(x.shape().rank() == 4, "channelsLast", "x %s is no picture", x.shape());
        var s = x.shape();
        return add(new Op.ChannelsLast(x), Shape.of(s.dim(0), s.dim(2), s.dim(3), s.dim(1)));
    }

    /** A picture [B,H,W,C] with its channels first, as Hugging Face returns it: [B,C,H,W]. */
    public Tensor channelsFirst(Tensor x) {
        check(x.shape().rank() == 4, "channelsFirst", "x %s is no picture", x.shape());
        var s = x.shape();
        return add(new Op.ChannelsFirst(x), Shape.of(s.dim(0), s.dim(3), s.dim(1), s.dim(2)));
    }

    private Tensor add(Op op, Shape shape) {
        for (var input : op.inputs()) {
            check(input.dtype() == DType.F32 || op instanceof Op.Embedding, op.name(), "%s is not F32", input);
        }
        var tensor = recording.tensor(DType.F32, shape);
        recording.nodes.add(new Node(op, List.of(tensor), path));
        return tensor;
    }

    private void checkBias(String op, Weight bias, int features) {
        check(bias == null || bias.shape().equals(Shape.of(features)), op,
                "bias %s is not [%d]", bias == null ? null : bias.name() + " " + bias.shape(), features);
    }

    private void checkBroadcast(String op, Tensor a, Tensor b) {
        int lead = a.shape().rank() - b.shape().rank();
        boolean fits = lead >= 0;
        for (int i = 0; fits && i < b.shape().rank(); i++) {
            fits = b.shape().dim(i) == 1 || b.shape().dim(i) == a.shape().dim(lead + i);
        }
        check(fits, op, "b %s can't be repeated to the shape of a %s", b.shape(), a.shape());
    }

    private void check(boolean condition, String op, String message, Object... arguments) {
        if (!condition) {
            throw new ShapeException((path.isEmpty() ? "" : path + ": ") + op + ": " + message.formatted(arguments));
        }
    }

    /** What all places of one model write to. */
    private static final class Recording {
        private final List<Node> nodes = new ArrayList<>();
        private final Map<String, Graph.Input> inputs = new LinkedHashMap<>();
        private final Map<Integer, Integer> bounds = new LinkedHashMap<>();
        private int tensors;

        Tensor tensor(DType dtype, Shape shape) {
            return new Tensor(tensors++, dtype, shape);
        }

        boolean isInput(Tensor tensor) {
            return inputs.values().stream().anyMatch(input -> input.tensor().equals(tensor));
        }
    }
}
