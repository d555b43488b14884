// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import dev.avocet.core.AvocetException;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * A recorded computation: steps in an order in which they can run, from named inputs to named outputs. Immutable.
 *
 * @param inputs what a run is given
 * @param nodes the steps; each reads only inputs and results of steps before it
 * @param outputs what a run returns, by name
 * @param tensors how many tensor ids the graph uses: all ids are below it
 */
public record Graph(List<Input> inputs, List<Node> nodes, SequencedMap<String, Tensor> outputs, int tensors) {
    /**
     * A named input.
     *
     * @param bound for integers that select rows of a table: the number of rows, so the values must lie in 0 to bound -
     *     1; {@link Integer#MAX_VALUE} where any value will do
     */
    public record Input(String name, Tensor tensor, int bound) {}

    /** Keeps copies, so that the graph can't change. */
    public Graph {
        inputs = List.copyOf(inputs);
        nodes = List.copyOf(nodes);
        outputs = new LinkedHashMap<>(outputs);
    }

    /** The graph that computes only these outputs, in this order, without the steps that nobody needs for them. */
    public Graph only(Collection<String> wanted) {
        var kept = new LinkedHashMap<String, Tensor>();
        for (var name : wanted) {
            var tensor = outputs.get(name);
            if (tensor == null) {
                throw new AvocetException("there is no output \"" + name + "\"; there are " + outputs.keySet());
            }
            kept.put(name, tensor);
        }
        return pruned(inputs, nodes, kept, tensors);
    }

    private static Graph pruned(
            List<Input> inputs, List<Node> nodes, SequencedMap<String, Tensor> outputs, int tensors) {
        var needed = new BitSet(tensors);
        outputs.values().forEach(tensor -> needed.set(tensor.id()));
        var kept = new ArrayList<Node>();
        for (var node : nodes.reversed()) {
            var results = node.outputs();
            if (results.stream().noneMatch(result -> needed.get(result.id()))) {
                continue;
            }
            while (!needed.get(results.getLast().id()) && results.size() > 1) {
                results = results.subList(0, results.size() - 1);
            }
            node.op().inputs().forEach(input -> needed.set(input.id()));
            kept.add(new Node(node.op(), List.copyOf(results), node.path()));
        }
        return new Graph(inputs, kept.reversed(), outputs, tensors);
    }

    /** Whether this is {@code item} for several items: the same steps, and along the first axis more of everything. */
    public boolean isRepeated(Graph item) {
        return nodes.size() == item.nodes.size()
                && inputs.size() == item.inputs.size()
                && IntStream.range(0, inputs.size())
                        .allMatch(i -> isRepeated(inputs.get(i).tensor(), item.inputs.get(i).tensor()))
                && outputs.keySet().equals(item.outputs.keySet())
                && outputs.keySet().stream().allMatch(name -> isRepeated(outputs.get(name), item.outputs.get(name)));
    }

    private static boolean isRepeated(Tensor several, Tensor one) {
        return one.shape().rank() > 0
                && several.shape().rank() == one.shape().rank()
                && several.shape().with(0, one.shape().dim(0)).equals(one.shape());
    }

    /** For each tensor id, how many steps and outputs read it. */
    public int[] uses() {
        var uses = new int[tensors];
        for (var node : nodes) {
            node.op().inputs().forEach(input -> uses[input.id()]++);
        }
        outputs.values().forEach(output -> uses[output.id()]++);
        return uses;
    }

    /**
     * Floating-point operations of one run, a multiply-add counted as two; products, convolutions and attention only.
     */
    public long flops() {
        return nodes.stream().mapToLong(Graph::flops).sum();
    }

    /** Floating-point operations of one step; see {@link #flops()}. */
    static long flops(Node node) {
        long results = node.output().shape().elements();
        return switch (node.op()) {
            case Op.Linear op -> 2 * results * op.weight().shape().dim(1);
            case Op.Matmul op -> 2 * results * op.a().shape().dim(1);
            case Op.Conv2d op -> 2 * results * (op.weight().shape().elements() / op.weight().shape().dim(0));
            case Op.DepthwiseConv2d op -> 2 * results * op.weight().shape().dim(2) * op.weight().shape().dim(3)
                    + (op.expansion() == null ? 0 : 2 * op.expanded().elements() * op.x().shape().dim(3));
            case Op.Attention op -> 4 * results * op.k().shape().dim(1);
            case Op.PackedAttention op -> 4 * results * op.k().shape().dim(1); // at most: as if all were one text
            default -> 0;
        };
    }
}
