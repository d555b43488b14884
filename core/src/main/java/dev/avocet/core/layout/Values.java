// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.layout;

import dev.avocet.core.graph.Graph;
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
public final class Values {
    private final Storage storage;
    private final Map<Integer, Rows> rows = new HashMap<>();
    private final Map<Integer, Block> temporaries = new HashMap<>();
    private final BitSet views = new BitSet();
    private final List<Block> blocks = new ArrayList<>();
    private final long arenaBytes;

    /**
     * Places a graph's tensors.
     *
     * @param alignment of every block in the arena, in bytes
     */
    public Values(Graph graph, Storage storage, int alignment) {
        this.storage = storage;
        graph.inputs().forEach(input -> rows.put(input.tensor().id(), fresh(input.tensor(), -1)));
        for (int step = 0; step < graph.nodes().size(); step++) {
            place(graph.nodes().get(step), step);
        }
        graph.outputs().values().forEach(output -> of(output).block().usedBy(graph.nodes().size()));
        var layout = Liveness.place(blocks.stream().map(Block::interval).toList(), alignment);
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).place(layout.offsets()[i]);
        }
        arenaBytes = layout.bytes() + alignment;
    }

    private void place(Node node, int step) {
        for (var input : node.op().inputs()) {
            of(input).block().usedBy(step);
        }
        long temporary = storage.temporary(node);
        if (temporary > 0) {
            temporaries.put(step, block(temporary, DType.F32, step));
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
                long stride = storage.rowStride(shape.columns());
                yield new Rows(storage.constant(c.weight()), 0, stride, shape.rows(), shape.columns());
            }
            case Op.Slice s -> slice(s);
            case Op.Reshape r when r.x().shape().rank() > 0
                    && r.x().shape().columns() == shape.columns() ->
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
            return new Rows(block(shape.elements(), DType.I32, step), 0, shape.elements(), 1, shape.elements());
        }
        long stride = storage.rowStride(shape.columns());
        var block = block(shape.rows() * stride, DType.F32, step);
        return new Rows(block, 0, stride, shape.rows(), shape.columns());
    }

    private Block block(long elements, DType dtype, int step) {
        var block = Block.inArena(elements + storage.slack(), storage.bytes(dtype), step);
        blocks.add(block);
        return block;
    }

    /** Where a tensor lies; null for no tensor. */
    public Rows of(Tensor tensor) {
        return tensor == null ? null : rows.get(tensor.id());
    }

    /** Memory that a step needs only while it runs. */
    public Block temporary(int step) {
        return temporaries.get(step);
    }

    /** Whether a step's result is nothing but a view of something else. */
    public boolean isView(int step) {
        return views.get(step);
    }

    /** The bytes of all of the arena. */
    public long arenaBytes() {
        return arenaBytes;
    }
}
