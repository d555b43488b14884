// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.graph;

import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A step of a graph that a device computes, and the least that it has to do and to move.
 *
 * @param flops floating-point operations, as {@link Graph#flops()} counts them
 * @param weightBytes the weights and constants that it reads, as F32; of a table only the rows looked up
 * @param readBytes the activations that it reads
 * @param writtenBytes its results
 */
public record Step(Node node, long flops, long weightBytes, long readBytes, long writtenBytes) {
    private static final int BYTES = 4;

    /**
     * The steps of a graph, in its order.
     *
     * @param isFree whether a node, by its position, costs nothing on the device: its result is a view of what is there
     */
    public static List<Step> of(Graph graph, IntPredicate isFree) {
        var constants = new BitSet(graph.tensors());
        var steps = new ArrayList<Step>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            var node = graph.nodes().get(i);
            if (isConstant(node.op(), constants)) {
                node.outputs().forEach(output -> constants.set(output.id()));
            }
            if (!isFree.test(i)) {
                steps.add(of(node, constants));
            }
        }
        return steps;
    }

    private static boolean isConstant(Op op, BitSet constants) {
        return switch (op) {
            case Op.Constant _ -> true;
            case Op.Slice slice -> constants.get(slice.x().id());
            case Op.Reshape reshape -> constants.get(reshape.x().id());
            default -> false;
        };
    }

    private static Step of(Node node, BitSet constants) {
        long weights = node.op() instanceof Op.Embedding
                ? bytes(node.output())
                : node.op().weights().stream().mapToLong(Step::bytes).sum();
        long read = 0;
        for (var input : node.op().inputs()) {
            if (constants.get(input.id())) {
                weights += bytes(input);
            } else {
                read += bytes(input);
            }
        }
        long written = node.outputs().stream().mapToLong(Step::bytes).sum();
        return new Step(node, Graph.flops(node), weights, read, written);
    }

    private static long bytes(Tensor tensor) {
        return tensor.shape().elements() * tensor.dtype().bytes();
    }

    private static long bytes(Weight weight) {
        return weight.shape().elements() * BYTES;
    }

    /** All that it moves between memory and the processor where nothing stays in a cache. */
    public long bytes() {
        return weightBytes + readBytes + writtenBytes;
    }
}
