// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OpsTest {
    @Test
    void anErrorNamesTheLayerTheOperationAndTheShapes() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(2, 17, 48));
        var weight = TestWeight.zeros("encoder.layer.3.output.dense.weight", 64, 50);
        var layer = ops.at("encoder").at("layer", 3).at("output");
        var error = assertThrows(ShapeException.class, () -> layer.linear(x, weight, null));
        assertEquals(
                "encoder.layer.3.output: linear: x [2,17,48] does not end in the 50 features that"
                        + " encoder.layer.3.output.dense.weight [64,50] takes",
                error.getMessage());
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("a bias of another length", ops -> ops.linear(
                        x(ops, 3, 4), TestWeight.zeros("w", 5, 4), TestWeight.zeros("b", 4))),
                mistake("a weight that is no matrix",
                        ops -> ops.linear(x(ops, 3, 4), TestWeight.zeros("w", 5, 4, 1), null)),
                mistake("matrices with rows of two lengths", ops -> ops.matmul(x(ops, 3, 4), x(ops, 3, 5))),
                mistake("a picture smaller than the kernel", ops -> ops.conv2d(
                        x(ops, 1, 2, 2, 3), TestWeight.zeros("w", 8, 3, 3, 3), null, 1, Padding.NONE)),
                mistake("a stride of zero", ops -> ops.conv2d(
                        x(ops, 1, 4, 4, 3), TestWeight.zeros("w", 8, 3, 3, 3), null, 0, Padding.NONE)),
                mistake("channels without kernels", ops -> ops.depthwiseConv2d(
                        x(ops, 1, 4, 4, 3), TestWeight.zeros("w", 4, 1, 3, 3), null, 1, Padding.same(3))),
                mistake("a width that heads don't divide", ops -> ops.attention(
                        x(ops, 1, 4, 10), x(ops, 1, 4, 10), x(ops, 1, 4, 10), null, 3, 1)),
                mistake("a mask of floats", ops -> ops.attention(
                        x(ops, 1, 4, 8), x(ops, 1, 4, 8), x(ops, 1, 4, 8), x(ops, 1, 4), 2, 1)),
                mistake("a norm of another width", ops -> ops.layerNorm(
                        x(ops, 3, 4), TestWeight.zeros("w", 5), TestWeight.zeros("b", 5), 1e-6f)),
                mistake("ids that are computed", ops -> ops.embedding(x(ops, 3), TestWeight.zeros("table", 5, 4))),
                mistake("a second operand that can't be repeated", ops -> ops.add(x(ops, 3, 4), x(ops, 3, 2))),
                mistake("a second operand of a higher rank", ops -> ops.add(x(ops, 4), x(ops, 3, 4))),
                mistake("a patch larger than the picture", ops -> ops.patchify(x(ops, 1, 3, 8, 8), 16, 16)),
                mistake("parts of two ranks", ops -> ops.concat(0, x(ops, 3, 4), x(ops, 4))),
                mistake("parts that don't line up", ops -> ops.concat(0, x(ops, 3, 4), x(ops, 3, 5))),
                mistake("a slice outside its axis", ops -> ops.slice(x(ops, 3, 4), 1, 2, 5)),
                mistake("a reshape to another size", ops -> ops.reshape(x(ops, 3, 4), 5, 2)),
                mistake("a mean of what is no picture", ops -> ops.meanSpatial(x(ops, 3, 4))),
                mistake("a picture of rank 3", ops -> ops.channelsLast(x(ops, 3, 4, 4))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void shapesThatDoNotFitAreRefusedWhenTheyAreRecorded(String name, Consumer<Ops> mistake) {
        assertThrows(ShapeException.class, () -> mistake.accept(Ops.record()));
    }

    @Test
    void resultsThatNobodyAskedForAreNotComputed() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(1, 4, 8));
        var attention = ops.attention(x, x, x, null, 2, 1);
        var unused = ops.softmax(attention.context());
        var graph = ops.graph(Map.of(
                "context", attention.context(), "probabilities", attention.probabilities(), "unused", unused));

        var both = graph.only(List.of("context", "probabilities"));
        assertEquals(1, both.nodes().size());
        assertEquals(2, both.nodes().getFirst().outputs().size());
        var one = graph.only(List.of("context"));
        assertEquals(1, one.nodes().getFirst().outputs().size());
    }

    private static Arguments mistake(String name, Consumer<Ops> mistake) {
        return Arguments.of(name, mistake);
    }

    private static Tensor x(Ops ops, int... dims) {
        return ops.constant(TestWeight.zeros("x", dims));
    }
}
