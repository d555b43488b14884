// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Liveness;
import dev.avocet.core.graph.Node;
import dev.avocet.core.graph.Op;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each tensor of a graph lies. Slices and reshapes of what is already there become views of it wherever a row
 * stride can express them; everything else gets a part of the arena for as long as somebody reads it.
 */
final class Values {
    private static final int ALIGNMENT = 64;
    /** Vector loads may run past the last row's end. */
    private static final int SLACK_FLOATS = 16;

    private final Kernels kernels;
    private final PackedWeights weights;
    private final Map<Integer, Rows> rows = new HashMap<>();
    private final Map<Integer, Block> temporaries = new HashMap<>();
    private final BitSet views = new BitSet();
    private final List<Block> blocks = new ArrayList<>();
    private final long arenaBytes;

    Values(Graph graph, Kernels kernels, PackedWeights weights) {
        this.kernels = kernels;
        this.weights = weights;
        graph.inputs().forEach(input -> rows.put(input.tensor().id(), fresh(input.tensor(), -1)));
        for (int step = 0; step < graph.nodes().size(); step++) {
            place(graph.nodes().get(step), step);
        }
        graph.outputs().values().forEach(output -> of(output).block().usedBy(graph.nodes().size()));
        var layout = Liveness.place(blocks.stream().map(Block::interval).toList(), ALIGNMENT);
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).place(layout.offsets()[i]);
        }
        arenaBytes = layout.bytes() + ALIGNMENT;
    }

    private void place(Node node, int step) {
        for (var input : node.op().inputs()) {
            of(input).block().usedBy(step);
        }
        if (node.op() instanceof Op.Matmul op) {
            long columns = Packing.roundUp(op.b().shape().dim(0), kernels.lanes());
            temporaries.put(step, block(columns * op.b().shape().dim(1), step));
        }
        for (var output : node.outputs()) {
            var view = view(node.op(), output.shape());
            rows.put(output.id(), view == null ? fresh(output, step) : view);
            views.set(step, view != null);
        }
    }

    /** The place of a result that needs no kernel, else null. */
    private Rows view(Op op, Shape shape) {
        return switch (op) {
            case Op.Constant c -> {
                long stride = kernels.rowStride(Packing.columns(shape));
                yield new Rows(
                        weights.of(c.weight(), Packing.ROWS), 0, stride, Packing.rows(shape), Packing.columns(shape));
            }
            case Op.Slice s -> slice(s);
            case Op.Reshape r when r.x().shape().rank() > 0
                    && Packing.columns(r.x().shape()) == Packing.columns(shape) ->
                of(r.x());
            default -> null;
        };
    }

    private Rows slice(Op.Slice op) {
        var x = of(op.x());
        var dims = op.x().shape().toArray();
        int axis = op.axis();
        if (axis == dims.length - 1) {
            return x.columns(op.from(), op.to());
        }
        long outer = 1;
        for (int i = 0; i < axis; i++) {
            outer *= dims[i];
        }
        long inner = 1;
        for (int i = axis + 1; i < dims.length - 1; i++) {
            inner *= dims[i];
        }
        long extent = (long) op.to() - op.from();
        if (outer == 1) {
            return x.every(1, op.from() * inner, extent * inner);
        }
        return extent == 1 && inner == 1 ? x.every(dims[axis], op.from(), outer) : null;
    }

    private Rows fresh(Tensor tensor, int step) {
        var shape = tensor.shape();
        if (tensor.dtype() == DType.I32) { // ids and masks are read densely
            return new Rows(block(shape.elements(), step), 0, shape.elements(), 1, shape.elements());
        }
        long stride = kernels.rowStride(Packing.columns(shape));
        return new Rows(
                block(Packing.rows(shape) * stride, step), 0, stride, Packing.rows(shape), Packing.columns(shape));
    }

    private Block block(long floats, int step) {
        var block = Block.inArena(floats + SLACK_FLOATS, step);
        blocks.add(block);
        return block;
    }

    /** Where a tensor lies; null for no tensor. */
    Rows of(Tensor tensor) {
        return tensor == null ? null : rows.get(tensor.id());
    }

    /** Memory that a step needs only while it runs. */
    Block temporary(int step) {
        return temporaries.get(step);
    }

    /** Whether a step's result is nothing but a view of something else. */
    boolean isView(int step) {
        return views.get(step);
    }

    long arenaBytes() {
        return arenaBytes;
    }
}
