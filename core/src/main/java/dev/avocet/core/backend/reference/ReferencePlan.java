// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend.reference;

import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.PlanCheck;
import dev.avocet.core.backend.Timing;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Op;
import dev.avocet.core.graph.Step;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;

/** Interprets a graph, one dense array per tensor. */
final class ReferencePlan implements Plan {
    private final Graph graph;
    private final ReferenceWeights weights;

    ReferencePlan(Graph graph, ReferenceWeights weights) {
        this.graph = graph;
        this.weights = weights;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public List<Step> steps() {
        return Step.of(graph, i -> isFree(graph.nodes().get(i)));
    }

    /** Their results are arrays that are there already. */
    private static boolean isFree(Node node) {
        return node.op() instanceof Op.Constant || node.op() instanceof Op.Reshape;
    }

    @Override
    public long scratchBytes() {
        return graph.nodes().stream().flatMap(node -> node.outputs().stream())
                .mapToLong(tensor -> 4 * tensor.shape().elements()).sum();
    }

    @Override
    public void run(List<HostTensor> inputs, List<HostTensor> outputs) {
        compute(inputs, outputs, Run::step);
    }

    @Override
    public Timing profile(List<HostTensor> inputs, List<HostTensor> outputs) {
        var nanos = LongStream.builder();
        compute(inputs, outputs, (run, node) -> {
            long start = System.nanoTime();
            run.step(node);
            if (!isFree(node)) {
                nanos.add(System.nanoTime() - start);
            }
        });
        var all = nanos.build().toArray();
        return new Timing(all, all);
    }

    private void compute(List<HostTensor> inputs, List<HostTensor> outputs, BiConsumer<Run, Node> step) {
        PlanCheck.check(graph, inputs, outputs);
        var run = new Run();
        for (int i = 0; i < inputs.size(); i++) {
            run.give(graph.inputs().get(i).tensor(), inputs.get(i));
        }
        graph.nodes().forEach(node -> step.accept(run, node));
        int position = 0;
        for (var tensor : graph.outputs().values()) {
            var values = run.floats(tensor);
            MemorySegment.copy(values, 0, outputs.get(position++).data(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0,
                    values.length);
        }
    }

    /** The values of one run. */
    private final class Run {
        private final Map<Integer, float[]> floats = new HashMap<>();
        private final Map<Integer, int[]> ints = new HashMap<>();

        void give(Tensor tensor, HostTensor value) {
            if (tensor.dtype() == DType.I32) {
                ints.put(tensor.id(), value.toInts());
            } else {
                floats.put(tensor.id(), value.toFloats());
            }
        }

        float[] floats(Tensor tensor) {
            return tensor == null ? null : floats.get(tensor.id());
        }

        void step(Node node) {
            var result = node.output().shape();
            if (node.op() instanceof Op.Attention op) {
                var context = new float[Math.toIntExact(result.elements())];
                var probabilities = ReferenceKernels.attention(
                        floats(op.q()), floats(op.k()), floats(op.v()),
                        op.mask() == null ? null : ints.get(op.mask().id()),
                        op.scale(), op.q().shape(), op.heads(), context);
                floats.put(node.output().id(), context);
                if (node.outputs().size() > 1) {
                    floats.put(node.outputs().get(1).id(), probabilities);
                }
                return;
            }
            floats.put(node.output().id(), compute(node.op(), result));
        }

        private float[] compute(Op op, Shape result) {
            return switch (op) {
                case Op.Constant c -> weights.of(c.weight());
                case Op.Linear l -> finish(l.epilogue(), ReferenceKernels.linear(
                        gated(l), weights.of(l.weight()), weights.of(l.bias()), l.weight().shape()));
                case Op.Matmul m -> ReferenceKernels.linear(floats(m.a()), floats(m.b()), null, m.b().shape());
                case Op.Conv2d c ->
                    finish(c.epilogue(), ReferenceConvolution.of(c.weight().shape(), c.stride(), c.padding())
                            .dense(floats(c.x()), c.x().shape(), weights.of(c.weight()), weights.of(c.bias()), result));
                case Op.DepthwiseConv2d c -> finish(c.epilogue(),
                        ReferenceConvolution.of(c.weight().shape(), c.stride(), c.padding())
                                .depthwise(expanded(c), c.expanded(), weights.of(c.weight()), weights.of(c.bias()),
                                        result));
                case Op.Attention _ -> throw new AssertionError("attention has two results");
                case Op.PackedAttention a -> ReferenceKernels.packedAttention(
                        floats(a.q()), floats(a.k()), floats(a.v()), ints.get(a.texts().id()), a.scale(),
                        a.q().shape(), a.heads());
                case Op.LayerNorm n -> ReferenceKernels.layerNorm(
                        floats(n.x()), weights.of(n.weight()), weights.of(n.bias()), n.epsilon());
                case Op.Softmax s -> ReferenceKernels.softmax(floats(s.x()), s.x().shape().dim(-1));
                case Op.Embedding e -> ReferenceKernels.embedding(
                        ints.get(e.ids().id()), weights.of(e.table()), e.table().shape().dim(1));
                case Op.Gather g -> ReferenceKernels.embedding(
                        ints.get(g.rows().id()), floats(g.x()), g.x().shape().dim(-1));
                case Op.Add a -> ReferenceKernels.broadcast(
                        floats(a.a()), a.a().shape(), floats(a.b()), a.b().shape(), (x, y) -> x + y);
                case Op.Multiply m -> ReferenceKernels.broadcast(
                        floats(m.a()), m.a().shape(), floats(m.b()), m.b().shape(), (x, y) -> x * y);
                case Op.Scale s -> ReferenceKernels.map(floats(s.x()), x -> x * s.factor());
                case Op.Activate a -> ReferenceKernels.map(floats(a.x()), ReferenceActivation.of(a.function()));
                case Op.MeanSpatial m -> ReferenceKernels.meanSpatial(floats(m.x()), m.x().shape());
                case Op.MaxSpatial m -> ReferenceKernels.maxSpatial(floats(m.x()), m.x().shape());
                case Op.Patchify p -> ReferenceLayout.patchify(floats(p.x()), p.x().shape(), p.height(), p.width());
                case Op.L2Normalize n -> ReferenceKernels.l2Normalize(floats(n.x()), n.x().shape().dim(-1));
                case Op.Concat c -> ReferenceLayout.concat(
                        c.parts().stream().map(this::floats).toList(), c.parts().stream().map(Tensor::shape).toList(),
                        c.axis(), result);
                case Op.Slice s -> ReferenceLayout.slice(floats(s.x()), s.x().shape(), s.axis(), s.from(), s.to());
                case Op.Reshape r -> floats(r.x());
                case Op.ChannelsLast c -> ReferenceLayout.swap(
                        floats(c.x()), c.x().shape().dim(0), c.x().shape().dim(1),
                        c.x().shape().dim(2) * c.x().shape().dim(3));
                case Op.ChannelsFirst c -> ReferenceLayout.swap(
                        floats(c.x()), c.x().shape().dim(0), c.x().shape().dim(1) * c.x().shape().dim(2),
                        c.x().shape().dim(3));
            };
        }

        private float[] gated(Op.Linear op) {
            return op.gate() == null
                    ? floats(op.x())
                    : ReferenceKernels.broadcast(
                            floats(op.x()), op.x().shape(), floats(op.gate()), op.gate().shape(), (x, y) -> x * y);
        }

        private float[] expanded(Op.DepthwiseConv2d op) {
            var expansion = op.expansion();
            return expansion == null
                    ? floats(op.x())
                    : finish(new Op.Epilogue(expansion.activation(), null), ReferenceKernels.linear(
                            floats(op.x()), weights.of(expansion.weight()), weights.of(expansion.bias()),
                            expansion.weight().shape()));
        }

        private float[] finish(Op.Epilogue epilogue, float[] product) {
            var activated = ReferenceKernels.map(product, ReferenceActivation.of(epilogue.activation()));
            var residual = floats(epilogue.residual());
            for (int i = 0; residual != null && i < activated.length; i++) {
                activated[i] += residual[i];
            }
            return activated;
        }
    }
}
