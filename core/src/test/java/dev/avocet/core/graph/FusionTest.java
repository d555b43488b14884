// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.backend.reference.ReferenceBackendProvider;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FusionTest {
    private static final Fusion.Limits ALL = new Fusion.Limits(1, 1);

    private final Random random = new Random(7);

    @Test
    void aProductTakesItsActivationAndItsResidual() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(3, 8));
        var inner = ops.activation(ops.linear(x, weight(16, 8), weight(16)), Activation.GELU);
        var y = ops.add(ops.linear(inner, weight(8, 16), weight(8)), x);
        assertFusesTo(2, ops.graph(Map.of("y", y)));
    }

    @Test
    void aResidualMayStandOnEitherSide() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(3, 8));
        var y = ops.add(x, ops.linear(x, weight(8, 8), null));
        assertFusesTo(1, ops.graph(Map.of("y", y)));
    }

    @Test
    void twoProductsThatAreAddedBecomeOneWithAResidual() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(3, 8));
        var y = ops.add(ops.linear(x, weight(4, 8), null), ops.linear(x, weight(4, 8), null));
        assertFusesTo(2, ops.graph(Map.of("y", y)));
    }

    @Test
    void squeezeAndExcitationsGateJoinsTheProjection() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(2, 5, 5, 6));
        var filtered = ops.activation(
                ops.depthwiseConv2d(x, weight(6, 1, 3, 3), weight(6), 1, Padding.same(3)), Activation.SWISH);
        var gate = ops.activation(ops.linear(ops.meanSpatial(filtered), weight(6, 6), weight(6)), Activation.SIGMOID);
        var y = ops.add(ops.linear(ops.multiply(filtered, gate), weight(6, 6), weight(6)), x);
        assertFusesTo(4, ops.graph(Map.of("y", y)));
    }

    @Test
    void anExpansionJoinsTheDepthwiseConvolution() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(2, 5, 7, 6));
        var wide = ops.activation(ops.linear(x, weight(24, 6), weight(24)), Activation.SWISH);
        var y = ops.depthwiseConv2d(wide, weight(24, 1, 3, 3), weight(24), 2, Padding.same(3));
        var graph = ops.graph(Map.of("y", y));
        assertFusesTo(1, graph);
        assertEquals(graph.flops(), Fusion.fuse(graph, ALL).flops());
    }

    @Test
    void whatIsTooSmallStays() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(2, 5, 7, 6));
        var y = ops.depthwiseConv2d(ops.linear(x, weight(24, 6), null), weight(24, 1, 3, 3), null, 2, Padding.same(3));
        var z = ops.linear(ops.multiply(y, ops.meanSpatial(y)), weight(6, 24), null);
        var graph = ops.graph(Map.of("z", z));
        assertEquals(5, Fusion.fuse(graph, new Fusion.Limits(13, 8)).nodes().size());
        assertEquals(3, Fusion.fuse(graph, new Fusion.Limits(12, 7)).nodes().size());
    }

    @Test
    void aResultThatIsAskedForOrUsedTwiceStays() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(3, 8));
        var product = ops.linear(x, weight(8, 8), null);
        var y = ops.activation(product, Activation.RELU);
        var outputs = new LinkedHashMap<String, Tensor>();
        outputs.put("product", product);
        outputs.put("y", y);
        assertFusesTo(2, ops.graph(outputs));
        assertFusesTo(3, ops.graph(Map.of("z", ops.add(y, product))));
    }

    @Test
    void aSumThatRepeatsItsSecondOperandIsNoResidual() {
        var ops = Ops.record();
        var x = ops.input("x", DType.F32, Shape.of(3, 8));
        var y = ops.add(ops.linear(x, weight(8, 8), null), ops.constant(weight(8)));
        assertFusesTo(3, ops.graph(Map.of("y", y)));
    }

    private TestWeight weight(int... dims) {
        return TestWeight.random(random, dims);
    }

    private void assertFusesTo(int steps, Graph graph) {
        var fused = Fusion.fuse(graph, ALL);
        assertEquals(steps, fused.nodes().size(), () -> fused.nodes().toString());
        var wanted = run(graph);
        var found = run(fused);
        for (int i = 0; i < wanted.size(); i++) {
            assertArrayEquals(wanted.get(i).toFloats(), found.get(i).toFloats(), 1e-5f);
        }
    }

    private List<HostTensor> run(Graph graph) {
        var inputs = graph.inputs().stream()
                .map(input -> HostTensor.of(
                        input.tensor().shape(),
                        TestWeight.random(new Random(1), input.tensor().shape().toArray()).values()))
                .toList();
        var outputs = graph.outputs().values().stream()
                .map(tensor -> HostTensor.zeros(DType.F32, tensor.shape()))
                .toList();
        try (var backend = new ReferenceBackendProvider().open("", DeviceOptions.defaults());
                var compiler = backend.newCompiler(Precision.F32)) {
            compiler.compile(graph).run(inputs, outputs);
        }
        return outputs;
    }
}
