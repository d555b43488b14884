// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Op;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.layout.Axes;
import dev.avocet.core.layout.Block;
import dev.avocet.core.layout.Rows;
import dev.avocet.core.layout.Values;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import dev.avocet.kernels.cuda.DnnPlan.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes each step of a graph as launches; the comments above the kernels say which argument means what. */
final class Lowering {
    /** Up to so many rows, a warp for each output reads the weights as fast as memory gives them. */
    static final int FEW_ROWS = 8;
    /** The shared memory that a block has unless it asks for more. */
    static final int SHARED_BYTES = 48 << 10;
    /** The deepest head that the own attention kernel has registers for: MOST_DEPTH in attention.cu. */
    private static final int MOST_DEPTH = 256;

    private final Graph graph;
    private final Values values;
    private final DeviceWeights weights;
    private final Toolbox tools;
    private final Precision precision;
    private final Squeezes squeezes;
    private final List<Launch> launches = new ArrayList<>();

    /** What launches are made of. */
    record Toolbox(Driver driver, KernelLibrary kernels, Blas blas, Dnn dnn, Gpu gpu) {
        /** For a GPU that is not there: launches of its programs can be counted and not run. */
        static Toolbox absent(Dnn dnn, Gpu gpu) {
            return new Toolbox(null, null, null, dnn, gpu);
        }

        private boolean isAbsent() {
            return driver == null;
        }
    }

    /** @param squeezes the sums of its convolutions that products begin with */
    Lowering(Graph graph, Values values, DeviceWeights weights, Toolbox tools, Precision precision, Squeezes squeezes) {
        this.graph = graph;
        this.values = values;
        this.weights = weights;
        this.tools = tools;
        this.precision = precision;
        this.squeezes = squeezes;
    }

    /** The launches of every step that is no view, in order. */
    List<List<Launch>> steps() {
        var steps = new ArrayList<List<Launch>>();
        for (int step = 0; step < graph.nodes().size(); step++) {
            if (!values.isView(step)) {
                lower(graph.nodes().get(step), step);
                steps.add(taken());
            }
        }
        return steps;
    }

    private List<Launch> taken() {
        var taken = List.copyOf(launches);
        launches.clear();
        return taken;
    }

    /** Brings a tensor of dense floats in from its place in a slot. */
    List<Launch> in(Tensor input, Address dense) {
        var to = Walk.of(rows(input), input.shape());
        move(Kernel.MOVE_IN, to.dense(dense), to);
        return taken();
    }

    /** Brings a result out to its place in a slot, as dense floats. */
    List<Launch> out(Tensor output, Address dense) {
        var from = Walk.of(rows(output), output.shape());
        move(Kernel.MOVE_OUT, from, from.dense(dense));
        return taken();
    }

    private void lower(Node node, int step) {
        var y = node.output();
        if (y.shape().elements() == 0 || squeezes.isSkipped(y)) {
            return;
        }
        switch (node.op()) {
            case Op.Linear op -> linear(op, y, values.temporary(step));
            case Op.Matmul op -> product(rows(op.a()), rows(op.b()), null, null, rows(y));
            case Op.Conv2d op -> convolution(op, y, values.temporary(step));
            case Op.DepthwiseConv2d op -> depthwise(op, y);
            case Op.Attention op -> attention(op, node);
            case Op.PackedAttention op -> attention(op, y);
            case Op.LayerNorm op -> layerNorm(op, y);
            case Op.Softmax op -> rowwise(Kernel.SOFTMAX, op.x(), y);
            case Op.L2Normalize op -> rowwise(Kernel.L2_NORMALIZE, op.x(), y);
            case Op.Embedding op -> embedding(op, y);
            case Op.Gather op -> gather(op, y);
            case Op.Add op -> combine(Kernel.ADD, op.a(), op.b(), rows(y));
            case Op.Multiply op -> combine(Kernel.MULTIPLY, op.a(), op.b(), rows(y));
            case Op.Scale op -> scale(op, y);
            case Op.Activate op -> activate(rows(op.x()), rows(y), op.function());
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

    private Rows rows(Tensor tensor) {
        return tensor == null ? null : values.of(tensor);
    }

    private Address weight(Weight weight, Format format) {
        if (weight == null) {
            return null;
        }
        var block = weights.of(weight, format);
        return Address.of(block,
                block.address(0, format.elements(weight.shape(), weights.rowStride(weight.shape().columns()))));
    }

    private void own(Kernel kernel, Driver.Grid grid, Arguments.Writer arguments) {
        if (grid.sharedBytes() > tools.gpu.sharedBytes()) {
            throw new BackendUnavailable(
                    kernel.symbol() + " needs " + grid.sharedBytes() + " bytes of shared memory here, "
                            + tools.gpu + " has " + tools.gpu.sharedBytes()
                            + "; use the cpu for heads so deep or texts so long");
        }
        long function = tools.isAbsent() ? 0 : tools.kernels.function(kernel, precision);
        if (grid.sharedBytes() > SHARED_BYTES && !tools.isAbsent()) {
            tools.driver.allowSharedMemory(function, grid.sharedBytes());
        }
        launches.add(new Launch.OwnKernel(tools.driver, kernel, function, grid, arguments.done()));
    }

    private static Arguments.Writer arguments() {
        return new Arguments.Writer();
    }

    /** A thread for each element. */
    private static Driver.Grid elements(long count) {
        return new Driver.Grid(Math.toIntExact(Math.ceilDiv(count, 256)), 1, 1, 256, 1, 0);
    }

    /** A block for each row. */
    private static Driver.Grid rows(long count) {
        return new Driver.Grid(Math.toIntExact(count), 1, 1, 256, 1, 0);
    }

    // -------------------------------------------------------------------------------------------------------- products

    private void linear(Op.Linear op, Tensor y, Block gated) {
        var sums = squeezes.of(y);
        if (sums != null) {
            squeeze(op, sums, y);
            return;
        }
        var x = rows(op.x());
        var function = op.epilogue().activation();
        var residual = rows(op.epilogue().residual());
        if (op.gate() == null && residual == null && x.count() <= FEW_ROWS) {
            fewRows(op, x, rows(y));
            return;
        }
        if ((function != Activation.NONE || op.gate() != null) && joined(op, y)) {
            return;
        }
        if (op.gate() != null) {
            x = gated(op, gated);
        }
        var w = matrix(op.weight());
        boolean isLast = function == Activation.NONE;
        product(x, w, op.bias(), isLast ? residual : null, rows(y));
        finish(function, isLast ? null : op.epilogue().residual(), y);
    }

    private Rows matrix(Weight weight) {
        var shape = weight.shape();
        return new Rows(weights.of(weight, Format.ROWS), 0, weights.rowStride(shape.columns()), shape.rows(),
                shape.columns());
    }

    private void fewRows(Op.Linear op, Rows x, Rows y) {
        var shape = op.weight().shape();
        var grid = new Driver.Grid(Math.ceilDiv(shape.dim(0), 8), (int) x.count(), 1, 32, 8, 0);
        own(Kernel.FEW_ROWS, grid, arguments().rows(x).rows(matrix(op.weight()))
                .pointer(weight(op.bias(), Format.DENSE)).rows(y)
                .numbers(shape.dim(1), shape.dim(0), code(op.epilogue().activation())));
    }

    /** A product of means, or both of squeeze-and-excitation, from the sums of a depthwise convolution. */
    private void squeeze(Op.Linear op, Squeezes.Sums sums, Tensor y) {
        var shape = op.weight().shape();
        int batch = y.shape().dim(0);
        var arguments = arguments().pointer(sums.place()).numbers(sums.strips(), sums.pixels());
        if (!squeezes.isExcited(y)) {
            var grid = new Driver.Grid(Math.ceilDiv(shape.dim(0), 8), batch, 1, 32, 8,
                    Squeezes.sharedBytes(256, shape.dim(1)));
            own(Kernel.SQUEEZE, grid, arguments.rows(matrix(op.weight())).pointer(weight(op.bias(), Format.DENSE))
                    .rows(rows(y)).numbers(shape.dim(1), shape.dim(0), code(op.epilogue().activation())));
            return;
        }
        var reduce = squeezes.reduction(y);
        int width = shape.dim(1);
        var grid = new Driver.Grid(batch, 1, 1, 32, 16,
                Squeezes.sharedBytes(512, shape.dim(0)) + width * Float.BYTES);
        own(Kernel.EXCITE, grid, arguments.rows(matrix(reduce.weight())).pointer(weight(reduce.bias(), Format.DENSE))
                .rows(matrix(op.weight())).pointer(weight(op.bias(), Format.DENSE)).rows(rows(y))
                .numbers(shape.dim(0), width, code(reduce.epilogue().activation()),
                        code(op.epilogue().activation())));
    }

    /** The whole step by cuDNN, where it can. */
    private boolean joined(Op.Linear op, Tensor y) {
        var x = rows(op.x());
        var gate = rows(op.gate());
        var w = matrix(op.weight());
        var result = rows(y);
        var residual = rows(op.epilogue().residual());
        var bias = weight(op.bias(), Format.DENSE);
        int batch = gate == null ? 1 : (int) gate.count();
        var operands = new Operands().with(Role.X, Address.of(x)).with(Role.WEIGHT, Address.of(w))
                .with(Role.BIAS, bias).with(Role.GATE, gate == null ? null : Address.of(gate))
                .with(Role.RESIDUAL, residual == null ? null : Address.of(residual))
                .with(Role.RESULT, Address.of(result));
        int alignment = alignment(operands.addresses, x, gate, w, residual, result);
        var finish = new DnnRecipe.Finish(bias != null, op.epilogue().activation(), stride(residual));
        return run(new DnnRecipe.Product(precision, batch, (int) x.count() / batch, (int) w.columns(), (int) w.count(),
                stride(x), stride(gate), stride(w), stride(result), finish, alignment), operands, 0);
    }

    /** x times its gate, in memory. */
    private Rows gated(Op.Linear op, Block block) {
        var shape = op.x().shape();
        var rows = new Rows(block, 0, weights.rowStride(shape.columns()), shape.rows(), shape.columns());
        combine(Kernel.MULTIPLY, op.x(), op.gate(), rows);
        return rows;
    }

    private void product(Rows x, Rows w, Weight bias, Rows residual, Rows y) {
        var b = weight(bias, Format.DENSE);
        var at = new ArrayList<>(List.of(Address.of(x), Address.of(w), Address.of(y)));
        if (residual != null) {
            at.add(Address.of(residual));
        }
        var shape = new Blas.Shape(precision, (int) x.count(), (int) x.columns(), (int) w.count(), stride(x), stride(w),
                stride(y), stride(residual), b != null, alignment(at, x, w, residual, y));
        var product = tools.isAbsent() ? null : tools.blas.product(shape);
        launches.add(new Launch.Product(product, shape, Address.of(x), Address.of(w), b,
                residual == null ? null : Address.of(residual), Address.of(y)));
    }

    /** What a library did not join to a product. */
    private void finish(Activation function, Tensor residual, Tensor y) {
        if (function != Activation.NONE) {
            activate(rows(y), rows(y), function);
        }
        if (residual != null) {
            combine(Kernel.ADD, y, residual, rows(y));
        }
    }

    private static int stride(Rows rows) {
        return rows == null ? 0 : Math.toIntExact(rows.stride());
    }

    /** The bytes that all addresses and all rows are multiples of. */
    private int alignment(List<Address> addresses, Rows... strides) {
        long bits = 256;
        for (var address : addresses) {
            bits |= address == null ? 0 : address.alignment();
        }
        for (var rows : strides) {
            bits |= rows == null || rows.count() == 1 ? 0 : rows.stride() * rows.block().elementBytes();
        }
        return (int) Long.lowestOneBit(bits);
    }

    private static final class Operands {
        private final List<Role> roles = new ArrayList<>();
        private final List<Address> addresses = new ArrayList<>();

        /** One more, unless there is none; {@link Role#SCALE} has no address. */
        Operands with(Role role, Address address) {
            if (address != null || role == Role.SCALE) {
                roles.add(role);
                addresses.add(address);
            }
            return this;
        }
    }

    /** Whether a recipe is run by cuDNN. In strict float it is not asked: its engines would round the factors. */
    private boolean run(DnnRecipe recipe, Operands operands, float scale) {
        if (precision == Precision.F32) {
            return false;
        }
        Optional<DnnPlan> plan = recipe.on(tools.dnn);
        plan.ifPresent(found -> launches.add(
                new Launch.DnnGraph(found, tools.dnn, operands.roles, operands.addresses, scale)));
        return plan.isPresent();
    }

    // ---------------------------------------------------------------------------------------------------- convolutions

    private void convolution(Op.Conv2d op, Tensor y, Block windows) {
        var finish = op.epilogue();
        if (joined(op, y)) {
            return;
        }
        int inputs = DeviceWeights.windowElements(op);
        int outputs = op.weight().shape().dim(0);
        var x = new Rows(windows, 0, weights.rowStride(inputs), y.shape().rows(), inputs);
        own(Kernel.WINDOWS, elements(x.count() * inputs), window(
                arguments().pointer(Address.of(rows(op.x()))).pointer(Address.of(x)), op.x(), y, op.weight().shape(),
                op.stride(), op.padding()).numbers(stride(rows(op.x())), x.stride(), 0));
        var w = new Rows(weights.of(op.weight(), Format.FILTER), 0, inputs, outputs, inputs);
        boolean isLast = finish.activation() == Activation.NONE;
        product(x, w, op.bias(), isLast ? rows(finish.residual()) : null, rows(y));
        finish(finish.activation(), isLast ? null : finish.residual(), y);
    }

    private boolean joined(Op.Conv2d op, Tensor y) {
        var x = rows(op.x());
        var result = rows(y);
        var residual = rows(op.epilogue().residual());
        var bias = weight(op.bias(), Format.DENSE);
        var operands = new Operands().with(Role.X, Address.of(x))
                .with(Role.WEIGHT, weight(op.weight(), Format.FILTER)).with(Role.BIAS, bias)
                .with(Role.RESIDUAL, residual == null ? null : Address.of(residual))
                .with(Role.RESULT, Address.of(result));
        var padding = op.padding();
        if (Math.min(Math.min(padding.top(), padding.bottom()), Math.min(padding.left(), padding.right())) < 0) {
            return false;
        }
        var kernel = op.weight().shape();
        int alignment = alignment(operands.addresses, x, residual, result);
        var finish = new DnnRecipe.Finish(bias != null, op.epilogue().activation(), stride(residual));
        return run(new DnnRecipe.Convolution(precision, picture(op.x()), kernel.dim(2), kernel.dim(3), op.stride(),
                padding, picture(y), finish, alignment), operands, 0);
    }

    private DnnRecipe.Picture picture(Tensor tensor) {
        var shape = tensor.shape();
        return new DnnRecipe.Picture(shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3), stride(rows(tensor)));
    }

    /** How many channels a block of the depthwise kernel has. */
    static int depthwiseChannels(Precision precision) {
        return 32 * Float.BYTES / precision.storage().bytes();
    }

    private void depthwise(Op.DepthwiseConv2d op, Tensor y) {
        var x = rows(op.x());
        var residual = rows(op.epilogue().residual());
        var shape = y.shape();
        var sums = squeezes.of(y);
        int lines = sums == null ? 1 : sums.lines();
        var grid = new Driver.Grid(Math.ceilDiv(shape.dim(3), depthwiseChannels(precision)),
                Math.ceilDiv(shape.dim(1), lines), shape.dim(0), 32, 8, 0);
        var arguments = arguments().pointer(Address.of(x)).pointer(weight(op.weight(), Format.TAPS))
                .pointer(weight(op.bias(), Format.FLOATS)).pointer(residual == null ? null : Address.of(residual))
                .pointer(Address.of(rows(y))).pointer(sums == null ? null : sums.place()).number(lines);
        own(Kernel.DEPTHWISE, grid, window(arguments, op.x(), y, op.weight().shape(), op.stride(), op.padding())
                .numbers(stride(x), stride(rows(y)), stride(residual), code(op.epilogue().activation())));
    }

    /** struct window, up to the strides. */
    private static Arguments.Writer window(
            Arguments.Writer arguments, Tensor x, Tensor y, Shape kernel, int stride,
            Padding padding) {
        var from = x.shape();
        var to = y.shape();
        return arguments.numbers(from.dim(0), from.dim(1), from.dim(2), from.dim(3), to.dim(1), to.dim(2),
                kernel.dim(2), kernel.dim(3), stride, padding.top(), padding.left());
    }

    private void pool(Kernel kernel, Tensor x, Tensor y) {
        var shape = x.shape();
        own(kernel, new Driver.Grid(Math.ceilDiv(shape.dim(3), 32), shape.dim(0), 1, 32, 8, 0), arguments()
                .rows(rows(x)).rows(rows(y)).numbers((long) shape.dim(1) * shape.dim(2), shape.dim(3)));
    }

    // ------------------------------------------------------------------------------------------------------- attention

    private void attention(Op.Attention op, Node node) {
        var q = rows(op.q());
        var k = rows(op.k());
        var v = rows(op.v());
        var mask = op.mask() == null ? null : Address.of(rows(op.mask()));
        var shape = op.q().shape();
        int tokens = shape.dim(1);
        int depth = shape.dim(2) / op.heads();
        if (node.outputs().size() > 1) {
            var p = rows(node.outputs().get(1));
            own(Kernel.ATTENTION_PROBABILITIES,
                    new Driver.Grid(tokens, op.heads(), shape.dim(0), 256, 1, tokens * Float.BYTES),
                    arguments().pointer(Address.of(q)).pointer(Address.of(k)).numbers(stride(q), stride(k))
                            .pointer(mask).rows(p).numbers(tokens, depth).real(op.scale()));
        }
        var y = rows(node.output());
        if (mask == null && joined(op, y, depth)) {
            return;
        }
        attention(shape, op.heads(), List.of(q, k, v), mask, null, y, op.scale());
    }

    private void attention(Op.PackedAttention op, Tensor y) {
        attention(op.q().shape(), op.heads(), List.of(rows(op.q()), rows(op.k()), rows(op.v())), null,
                Address.of(rows(op.texts())), rows(y), op.scale());
    }

    private void attention(Shape shape, int heads, List<Rows> qkv, Address mask, Address texts, Rows y, float scale) {
        int tokens = shape.dim(1);
        int depth = shape.dim(2) / heads;
        if (depth > MOST_DEPTH) {
            throw new BackendUnavailable("heads of " + depth + " columns are deeper than the " + MOST_DEPTH
                    + " that attention has registers for on a GPU; use the cpu");
        }
        var arguments = arguments();
        qkv.forEach(each -> arguments.pointer(Address.of(each)));
        qkv.forEach(each -> arguments.number(stride(each)));
        own(Kernel.ATTENTION, grid(shape.dim(0), tokens, heads, depth),
                arguments.pointer(mask).pointer(texts).rows(y).numbers(tokens, depth).real(scale));
    }

    /** As the comment above the kernel says. */
    private static Driver.Grid grid(int batch, int tokens, int heads, int depth) {
        int queries = 32;
        int keys = 32;
        int sharedBytes = (queries + 2 * keys) * (Math.ceilDiv(depth, 16) * 16 + 1) * Float.BYTES;
        return new Driver.Grid(Math.ceilDiv(tokens, queries), heads, batch, 128, 1, sharedBytes);
    }

    private boolean joined(Op.Attention op, Rows y, int depth) {
        var q = rows(op.q());
        var k = rows(op.k());
        var v = rows(op.v());
        if (q.stride() != k.stride() || q.stride() != v.stride()) {
            return false;
        }
        var shape = op.q().shape();
        var operands = new Operands().with(Role.X, Address.of(q)).with(Role.KEY, Address.of(k))
                .with(Role.VALUE, Address.of(v)).with(Role.RESULT, Address.of(y)).with(Role.SCALE, null);
        return run(new DnnRecipe.Attention(precision, shape.dim(0), shape.dim(1), op.heads(), depth, stride(q),
                stride(y), alignment(operands.addresses, q, y)), operands, op.scale());
    }

    // ------------------------------------------------------------------------------------------------ rows and elements

    private void layerNorm(Op.LayerNorm op, Tensor y) {
        var x = rows(op.x());
        own(Kernel.LAYER_NORM, rows(x.count()), arguments().rows(x).rows(rows(y))
                .pointer(weight(op.weight(), Format.FLOATS)).pointer(weight(op.bias(), Format.FLOATS))
                .number(x.columns()).real(op.epsilon()));
    }

    private void rowwise(Kernel kernel, Tensor tensor, Tensor y) {
        var x = rows(tensor);
        own(kernel, rows(x.count()), arguments().rows(x).rows(rows(y)).number(x.columns()));
    }

    private void embedding(Op.Embedding op, Tensor y) {
        own(Kernel.EMBED, rows(y.shape().rows()), arguments().pointer(Address.of(rows(op.ids())))
                .pointer(weight(op.table(), Format.ROWS))
                .number(weights.rowStride(op.table().shape().columns())).rows(rows(y)).number(y.shape().columns()));
    }

    private void gather(Op.Gather op, Tensor y) {
        own(Kernel.EMBED, rows(y.shape().rows()), arguments().pointer(Address.of(rows(op.rows())))
                .pointer(Address.of(rows(op.x()))).number(stride(rows(op.x()))).rows(rows(y))
                .number(y.shape().columns()));
    }

    private void scale(Op.Scale op, Tensor y) {
        var x = rows(op.x());
        own(Kernel.SCALE, elements(x.count() * x.columns()),
                arguments().rows(x).rows(rows(y)).numbers(x.count(), x.columns()).real(op.factor()));
    }

    private void activate(Rows x, Rows y, Activation function) {
        own(Kernel.ACTIVATE, elements(x.count() * x.columns()),
                arguments().rows(x).rows(y).numbers(x.count(), x.columns(), code(function)));
    }

    /** A function's number in activation.cuh. */
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

    private void combine(Kernel kernel, Tensor a, Tensor b, Rows y) {
        var shape = a.shape();
        var first = Walk.of(rows(a), shape);
        var second = Walk.of(rows(b), b.shape(), shape, 0, 0);
        var result = Walk.of(y, shape);
        own(kernel, elements(shape.elements()), arguments().pointer(first.address).pointer(second.address)
                .pointer(result.address).longs().numbers(first.extents).longs(first.steps).longs(second.steps)
                .longs(result.steps));
    }

    // ------------------------------------------------------------------------------------------------------- movements

    /**
     * A way through the elements of a shape, the last axis innermost.
     *
     * @param steps the elements from one element to the next along each axis
     */
    private record Walk(Address address, long[] extents, long[] steps) {
        static Walk of(Rows rows, Shape shape) {
            return of(rows, shape, shape, 0, 0);
        }

        /** The way through a tensor that has a part of a shape, or is repeated along it; see {@link Axes#through}. */
        static Walk of(Rows rows, Shape own, Shape shape, int startAxis, int start) {
            var axes = new Axes(shape);
            var through = axes.through(rows, own, startAxis, start);
            return new Walk(Address.of(through), append(axes.extents(), axes.columns()),
                    append(through.steps(), through.columnStep()));
        }

        private static long[] append(long[] values, long last) {
            var longer = Arrays.copyOf(values, values.length + 1);
            longer[values.length] = last;
            return longer;
        }

        /** The same elements with nothing between them. */
        Walk dense(Address place) {
            var dense = new long[extents.length];
            long step = 1;
            for (int axis = extents.length - 1; axis >= 0; axis--) {
                dense[axis] = step;
                step *= extents[axis];
            }
            return new Walk(place, extents, dense);
        }

        /** A way of up to seven axes from the innermost ones' extents and steps. */
        static Walk of(Rows rows, long[] extents, long... steps) {
            return new Walk(Address.of(rows), padded(extents, 1), padded(steps, 0));
        }

        private static long[] padded(long[] values, long filler) {
            var padded = new long[Axes.OUTER + 1];
            Arrays.fill(padded, filler);
            System.arraycopy(values, 0, padded, padded.length - values.length, values.length);
            return padded;
        }
    }

    private void move(Kernel kernel, Walk from, Walk to) {
        long count = Arrays.stream(to.extents).reduce(1, Math::multiplyExact);
        if (count > 0) {
            own(kernel, elements(count), arguments().pointer(from.address).pointer(to.address).longs()
                    .numbers(to.extents).longs(from.steps).longs(to.steps));
        }
    }

    /** One movement for each part, to where it lies in the result. */
    private void concat(Op.Concat op, Tensor y) {
        int from = 0;
        for (var part : op.parts()) {
            int extent = part.shape().dim(op.axis());
            var shape = y.shape().with(op.axis(), extent);
            move(Kernel.MOVE, Walk.of(rows(part), part.shape(), shape, 0, 0),
                    Walk.of(rows(y), y.shape(), shape, op.axis(), from));
            from += extent;
        }
    }

    private void slice(Op.Slice op, Tensor y) {
        move(Kernel.MOVE, Walk.of(rows(op.x()), op.x().shape(), y.shape(), op.axis(), op.from()),
                Walk.of(rows(y), y.shape()));
    }

    private void reshape(Op.Reshape op, Tensor y) {
        var x = rows(op.x());
        own(Kernel.RESHAPE, elements(y.shape().elements()), arguments().pointer(Address.of(x))
                .numbers(x.columns(), x.stride()).pointer(Address.of(rows(y)))
                .numbers(y.shape().columns(), rows(y).stride()).longs(y.shape().elements()));
    }

    /** [B,C,H,W] to rows [B,H/h,W/w] of [C,h,w]. */
    private void patchify(Op.Patchify op, Tensor y) {
        var shape = op.x().shape();
        var x = rows(op.x());
        var to = rows(y);
        long line = x.stride();
        long channel = shape.dim(2) * line;
        long across = shape.dim(3) / op.width();
        long down = shape.dim(2) / op.height();
        var extents = new long[] {shape.dim(0), down, across, shape.dim(1), op.height(), op.width()};
        move(Kernel.MOVE,
                Walk.of(x, extents, shape.dim(1) * channel, op.height() * line, op.width(), channel, line, 1),
                Walk.of(to, extents, down * across * to.stride(), across * to.stride(), to.stride(),
                        (long) op.height() * op.width(), op.width(), 1));
    }

    /** [B,C,H,W] to [B,H,W,C]: along W one element after the other, along C whole planes apart. */
    private void channelsLast(Tensor tensor, Tensor y) {
        var x = rows(tensor);
        long plane = tensor.shape().dim(2) * x.stride();
        picture(x, y, tensor.shape().dim(1) * plane, x.stride(), 1, plane);
    }

    /** [B,H,W,C] to [B,C,H,W]: along C one element after the other, along H whole lines apart. */
    private void channelsFirst(Tensor tensor, Tensor y) {
        var x = rows(tensor);
        long line = tensor.shape().dim(2) * x.stride();
        picture(x, y, tensor.shape().dim(1) * line, 1, line, x.stride());
    }

    /** Fills a picture from one whose elements lie so many steps apart along the axes of the result. */
    private void picture(Rows x, Tensor y, long... steps) {
        var shape = y.shape();
        var to = rows(y);
        var extents = new long[] {shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3)};
        long line = shape.dim(2) * to.stride();
        move(Kernel.MOVE, Walk.of(x, extents, steps),
                Walk.of(to, extents, shape.dim(1) * line, line, to.stride(), 1));
    }
}
