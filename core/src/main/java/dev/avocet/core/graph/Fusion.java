// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins steps that one kernel can do in one pass over memory:
 * a product with the activation and then the sum that follow it, the gate of squeeze-and-excitation with the product
 * it feeds, and the expansion of an inverted bottleneck with the depthwise convolution that it feeds.
 *
 * <p>A step disappears only when its result is used once and nobody asked for it. The joined step stands where the last
 * of its parts stood and keeps that one's result, so nothing else in the graph changes; its path is the product's.
 */
public final class Fusion {
    private final Graph graph;
    private final Limits limits;
    private final int[] uses;
    private final List<Node> nodes;
    private final Map<Integer, Integer> producers = new HashMap<>();

    /**
     * From which sizes on joining pays.
     *
     * @param gatedPixels of a picture whose gate joins a product
     * @param expandedWidth of a picture whose expansion joins a depthwise convolution
     */
    public record Limits(int gatedPixels, int expandedWidth) {}

    private Fusion(Graph graph, Limits limits) {
        this.graph = graph;
        this.limits = limits;
        this.uses = graph.uses();
        this.nodes = new ArrayList<>(graph.nodes().size());
    }

    /** The same computation in fewer steps. */
    public static Graph fuse(Graph graph, Limits limits) {
        return new Fusion(graph, limits).run();
    }

    private Graph run() {
        for (var node : graph.nodes()) {
            var fused = switch (node.op()) {
                case Op.Activate op -> activated(node, op);
                case Op.Add op -> summed(node, op);
                case Op.Linear op -> gated(node, op);
                case Op.DepthwiseConv2d op -> expanded(node, op);
                default -> node;
            };
            node.outputs().forEach(output -> producers.put(output.id(), nodes.size()));
            nodes.add(fused);
        }
        nodes.removeIf(node -> node == null);
        return new Graph(graph.inputs(), nodes, graph.outputs(), graph.tensors());
    }

    /** activation(product) as the product's own. */
    private Node activated(Node node, Op.Activate op) {
        if (onlyUse(op.x()) instanceof Op.Product product && product.epilogue().equals(Op.Epilogue.NONE)) {
            return new Node(product.with(new Op.Epilogue(op.function(), null)), node.outputs(), drop(op.x()));
        }
        return node;
    }

    /** product + residual, on either side; the residual must have the result's own shape. */
    private Node summed(Node node, Op.Add op) {
        if (!op.a().shape().equals(op.b().shape())) {
            return node;
        }
        for (boolean left : new boolean[] {true, false}) {
            var product = left ? op.a() : op.b();
            var residual = left ? op.b() : op.a();
            if (onlyUse(product) instanceof Op.Product found && found.epilogue().residual() == null
                    && !product.equals(residual)) {
                var epilogue = new Op.Epilogue(found.epilogue().activation(), residual);
                return new Node(found.with(epilogue), node.outputs(), drop(product));
            }
        }
        return node;
    }

    /** linear(x * gate) where the gate has one value per picture and channel. */
    private Node gated(Node node, Op.Linear op) {
        if (op.gate() == null && onlyUse(op.x()) instanceof Op.Multiply scaled && isGate(scaled.a(), scaled.b())
                && scaled.a().shape().elements() >= scaled.b().shape().elements() * limits.gatedPixels) {
            drop(op.x());
            var product = new Op.Linear(scaled.a(), scaled.b(), op.weight(), op.bias(), op.epilogue());
            return new Node(product, node.outputs(), node.path());
        }
        return node;
    }

    /** depthwise(activation(linear(x))) */
    private Node expanded(Node node, Op.DepthwiseConv2d op) {
        if (op.x().shape().dim(2) >= limits.expandedWidth && onlyUse(op.x()) instanceof Op.Linear linear
                && linear.gate() == null && linear.epilogue().residual() == null) {
            drop(op.x());
            var expansion = new Op.DepthwiseConv2d.Expansion(linear.weight(), linear.bias(),
                    linear.epilogue().activation());
            return new Node(
                    new Op.DepthwiseConv2d(linear.x(), expansion, op.weight(), op.bias(), op.stride(), op.padding(),
                            op.epilogue()),
                    node.outputs(), node.path());
        }
        return node;
    }

    private static boolean isGate(Tensor x, Tensor gate) {
        var shape = x.shape();
        if (shape.rank() < 2 || gate.shape().rank() != shape.rank()) {
            return false;
        }
        for (int i = 1; i < shape.rank() - 1; i++) {
            shape = shape.with(i, 1);
        }
        return gate.shape().equals(shape);
    }

    private Op onlyUse(Tensor tensor) {
        var producer = producers.get(tensor.id());
        return producer == null || uses[tensor.id()] != 1 ? null : nodes.get(producer).op();
    }

    /** Removes the step that makes a tensor; its path. */
    private String drop(Tensor tensor) {
        return nodes.set(producers.get(tensor.id()), null).path();
    }
}
