// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.BiFunction;

/**
 * One operation, or a few that belong together, on sizes that are awkward for vectors and tiles.
 *
 * @param terms how many products the longest sum has; the error may grow with its square root
 * @param graph what is computed
 */
record OperationCase(String name, int terms, Graph graph) {
    /** Sizes around the widths of vectors, tiles and blocks of sums. */
    private static final int[] WIDTHS =
            {1, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 47, 64, 207, 255, 256, 257, 513};
    private static final int[] ROWS = {1, 2, 5, 6, 7, 13, 14, 15, 28, 29, 197, 577};

    @Override
    public String toString() {
        return name;
    }

    /** All cases; the same ones in every run. */
    static List<OperationCase> all() {
        var cases = new ArrayList<OperationCase>();
        for (int width : WIDTHS) {
            cases.add(linear(7, width, 33));
            cases.add(linear(5, 48, width));
            rowwise(cases, width);
        }
        for (int rows : ROWS) {
            cases.add(linear(rows, 64, 70));
            cases.add(linear(rows, 300, 17));
        }
        for (var function : Activation.values()) {
            cases.add(record("linear then " + function, 40,
                    (ops, w) -> ops.activation(ops.linear(x(ops, 19, 40), w.random(45, 40), w.random(45)), function)));
            cases.add(
                    record(function + " alone", 1, (ops, w) -> ops.activation(ops.scale(x(ops, 9, 37), 4), function)));
        }
        cases.add(record("linear with residual", 40, (ops, w) -> ops.add(
                ops.linear(x(ops, 19, 40), w.random(45, 40), w.random(45)),
                ops.input("r", DType.F32, Shape.of(19, 45)))));
        cases.add(record("linear of a slice of columns", 20,
                (ops, w) -> ops.linear(ops.slice(x(ops, 3, 11, 60), -1, 20, 40), w.random(33, 20), null)));
        cases.add(record("linear of one token of each text", 60, (ops, w) -> ops.linear(
                ops.reshape(ops.slice(x(ops, 4, 11, 60), 1, 3, 4), 4, 60), w.random(33, 60), w.random(33))));
        cases.add(record("matmul", 37,
                (ops, w) -> ops.matmul(x(ops, 13, 37), ops.input("b", DType.F32, Shape.of(18, 37)))));
        convolutions(cases);
        attentions(cases);
        movements(cases);
        return cases;
    }

    private static OperationCase linear(int rows, int inputs, int outputs) {
        return record("linear [%d,%d] to %d".formatted(rows, inputs, outputs), inputs,
                (ops, w) -> ops.linear(x(ops, rows, inputs), w.random(outputs, inputs), w.random(outputs)));
    }

    private static void rowwise(List<OperationCase> cases, int width) {
        cases.add(record("layerNorm " + width, width,
                (ops, w) -> ops.layerNorm(x(ops, 3, width), w.random(width), w.random(width), 1e-5f)));
        cases.add(record("softmax " + width, width, (ops, _) -> ops.softmax(ops.scale(x(ops, 3, width), 10))));
        cases.add(record("l2Normalize " + width, width, (ops, _) -> ops.l2Normalize(x(ops, 3, width))));
        cases.add(record("add and multiply " + width, 1, (ops, w) -> ops.multiply(
                ops.add(x(ops, 2, 3, width), ops.constant(w.random(3, width))), ops.constant(w.random(2, 1, width)))));
        cases.add(record("embedding " + width, 1,
                (ops, w) -> ops.embedding(ops.input("ids", DType.I32, Shape.of(2, 5)), w.random(11, width))));
    }

    private static void convolutions(List<OperationCase> cases) {
        for (int kernel : new int[] {1, 2, 3, 5, 7}) {
            for (int stride : new int[] {1, 2, 3}) {
                for (var padding : List.of(Padding.same(kernel), new Padding(0, 1, 2, 0), new Padding(0, -1, -1, 1))) {
                    var name = " %dx%d stride %d %s".formatted(kernel, kernel, stride, padding);
                    for (int channels : new int[] {1, 3, 16, 37}) {
                        cases.add(record("depthwise " + channels + name, kernel * kernel, (ops, w) -> ops.activation(
                                ops.depthwiseConv2d(x(ops, 2, 9, 11, channels), w.random(channels, 1, kernel, kernel),
                                        w.random(channels), stride, padding),
                                Activation.SWISH)));
                    }
                    cases.add(record("expansion and depthwise" + name, 20 + kernel * kernel, (ops, w) -> ops.activation(
                            ops.depthwiseConv2d(
                                    ops.activation(ops.linear(x(ops, 2, 9, 11, 20), w.random(37, 20), w.random(37)),
                                            Activation.SWISH),
                                    w.random(37, 1, kernel, kernel), w.random(37), stride, padding),
                            Activation.SWISH)));
                    cases.add(record("conv2d" + name, 3 * kernel * kernel, (ops, w) -> ops.activation(
                            ops.conv2d(x(ops, 2, 9, 11, 3), w.random(19, 3, kernel, kernel), w.random(19), stride,
                                    padding),
                            Activation.SWISH)));
                }
            }
        }
        for (int size : new int[] {5, 33}) {
            cases.add(record("squeeze and excite " + size, 40, (ops, w) -> {
                var x = x(ops, 2, size, size + 1, 40);
                var gate = ops.activation(
                        ops.linear(ops.meanSpatial(x), w.random(40, 40), w.random(40)), Activation.SIGMOID);
                return ops.linear(ops.multiply(x, gate), w.random(24, 40), w.random(24));
            }));
        }
        for (int channels : new int[] {40, 296}) { // with weights that some devices read otherwise where they are large
            int width = channels * 9 / 10 + 6;
            cases.add(record("bottleneck of " + channels, channels, (ops, w) -> {
                var x = ops.activation(ops.depthwiseConv2d(x(ops, 2, 7, 5, channels), w.random(channels, 1, 3, 3),
                        w.random(channels), 1, Padding.same(3)), Activation.SWISH);
                var few = ops.activation(ops.linear(ops.meanSpatial(x), w.random(width, channels), w.random(width)),
                        Activation.SWISH);
                var gate = ops.activation(ops.linear(few, w.random(channels, width), w.random(channels)),
                        Activation.SIGMOID);
                return ops.linear(ops.multiply(x, gate), w.random(24, channels), w.random(24));
            }));
        }
        cases.add(record("maxSpatial", 1, (ops, _) -> ops.maxSpatial(x(ops, 2, 5, 7, 19))));
        cases.add(record("meanSpatial", 35, (ops, _) -> ops.meanSpatial(x(ops, 2, 5, 7, 19))));
    }

    private static void attentions(List<OperationCase> cases) {
        for (int tokens : new int[] {1, 2, 13, 16, 17, 64, 65, 197, 257, 300}) {
            for (int depth : new int[] {1, 12, 32, 64, 80}) {
                cases.add(attention(tokens, depth, false));
            }
            cases.add(attention(tokens, 32, true));
            cases.add(packedAttention(tokens, 32));
        }
        cases.add(packedAttention(207, 13));
    }

    /** The numbers of texts are random, so there are short ones and long ones. */
    private static OperationCase packedAttention(int tokens, int depth) {
        int heads = 3;
        int width = heads * depth;
        return record("packed attention of %d tokens, depth %d".formatted(tokens, depth), tokens, (ops, _) -> {
            var all = x(ops, 2, tokens, 3 * width);
            return ops.packedAttention(ops.slice(all, -1, 0, width), ops.slice(all, -1, width, 2 * width),
                    ops.slice(all, -1, 2 * width, 3 * width), ops.input("texts", DType.I32, Shape.of(2, tokens)), heads,
                    (float) (1 / Math.sqrt(depth)));
        });
    }

    private static OperationCase attention(int tokens, int depth, boolean masked) {
        int heads = 3;
        int width = heads * depth;
        var name = "attention of %d tokens, depth %d%s".formatted(tokens, depth, masked ? ", masked" : "");
        return recordAll(name, tokens, (ops, _) -> {
            var all = x(ops, 2, tokens, 3 * width);
            var mask = masked ? ops.input("mask", DType.I32, Shape.of(2, tokens)) : null;
            var attention = ops.attention(ops.slice(all, -1, 0, width), ops.slice(all, -1, width, 2 * width),
                    ops.slice(all, -1, 2 * width, 3 * width), mask, heads, (float) (1 / Math.sqrt(depth)));
            var results = new LinkedHashMap<String, Tensor>();
            results.put("context", attention.context());
            results.put("probabilities", attention.probabilities());
            return results;
        });
    }

    private static void movements(List<OperationCase> cases) {
        cases.add(record("patchify", 1, (ops, _) -> ops.patchify(x(ops, 2, 3, 13, 17), 4, 5)));
        cases.add(record("channelsLast", 1, (ops, _) -> ops.channelsLast(x(ops, 2, 3, 5, 7))));
        cases.add(record("channelsFirst", 1, (ops, _) -> ops.channelsFirst(x(ops, 2, 5, 7, 19))));
        cases.add(record("concat of a repeated row", 1,
                (ops, w) -> ops.concat(1, ops.constant(w.random(1, 1, 19)), x(ops, 3, 4, 19))));
        cases.add(record("concat of columns", 1,
                (ops, w) -> ops.concat(-1, x(ops, 3, 5), ops.constant(w.random(3, 18)))));
        cases.add(
                record("concat of pictures", 1, (ops, w) -> ops.concat(0, x(ops, 2, 5), ops.constant(w.random(3, 5)))));
        for (int axis = 0; axis < 4; axis++) {
            int sliced = axis;
            cases.add(record("slice of axis " + axis, 1, (ops, _) -> ops.slice(x(ops, 4, 5, 6, 7), sliced, 1, 3)));
            cases.add(record("sum of slices of axis " + axis, 1, (ops, _) -> {
                var x = x(ops, 4, 5, 6, 7);
                return ops.add(ops.slice(x, sliced, 0, 2), ops.slice(x, sliced, 2, 4));
            }));
        }
        cases.add(record("gather", 1, (ops, _) -> ops.gather(
                ops.scale(x(ops, 2, 5, 37), 2), ops.input("rows", DType.I32, Shape.of(4)))));
        cases.add(record("reshape to other rows", 1, (ops, _) -> ops.reshape(ops.scale(x(ops, 6, 35), 2), 10, 21)));
        cases.add(record("reshape that keeps rows", 1,
                (ops, _) -> ops.reshape(ops.scale(x(ops, 6, 35), 2), 2, 3, 1, 35)));
        cases.add(record("an input that is an output", 1, (ops, _) -> ops.reshape(x(ops, 6, 35), 35, 6)));
    }

    /** Makes weights. */
    private record Maker(Random random) {
        TestWeight random(int... dims) {
            return TestWeight.random(random, dims);
        }
    }

    private static Tensor x(Ops ops, int... dims) {
        return ops.input("x", DType.F32, Shape.of(dims));
    }

    private static OperationCase record(String name, int terms, BiFunction<Ops, Maker, Tensor> recorder) {
        return recordAll(name, terms, (ops, maker) -> new LinkedHashMap<>(Map.of("y", recorder.apply(ops, maker))));
    }

    private static OperationCase recordAll(
            String name, int terms, BiFunction<Ops, Maker, SequencedMap<String, Tensor>> recorder) {
        var ops = Ops.record();
        return new OperationCase(name, terms, ops.graph(recorder.apply(ops, new Maker(new Random(name.hashCode())))));
    }
}
