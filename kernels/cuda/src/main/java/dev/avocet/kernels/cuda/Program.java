// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Step;
import dev.avocet.core.layout.Rows;
import dev.avocet.core.layout.Values;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph as launches, and what they need in a slot: tensors first, then the sums of squeezes, then dense floats of inputs
 * and results at the edges, then the workspace.
 *
 * @param inputs the copies that bring the inputs in, in the graph's order
 * @param before the launches that turn them into rows
 * @param steps what is computed
 * @param launches for each step
 * @param after the launches that turn rows into results
 * @param outputs the copies that bring the results out
 */
record Program(
        List<Edge> inputs, List<Launch> before, List<Step> steps, List<List<Launch>> launches, List<Launch> after,
        List<Edge> outputs, Slot.Needs needs) {
    /**
     * A tensor of an input or a result in pinned memory and on the device, without gaps.
     *
     * @param pinned its offset in the slot's pinned memory
     */
    record Edge(Address device, long pinned, long bytes) {}

    /** Writes a graph's program. */
    static Program of(Graph graph, Values values, DeviceWeights weights, Lowering.Toolbox tools, Precision precision) {
        var squeezes = new Squeezes(graph, precision, tools.gpu(), aligned(values.arenaBytes()));
        var lowering = new Lowering(graph, values, weights, tools, precision, squeezes);
        var edges = new Edges(values, precision, aligned(values.arenaBytes()) + aligned(squeezes.bytes()));
        var before = new ArrayList<Launch>();
        for (var input : graph.inputs()) {
            var tensor = input.tensor();
            if (edges.add(tensor)) {
                before.addAll(lowering.in(tensor, edges.last().device));
            }
        }
        var inputs = edges.taken();
        var launches = lowering.steps();
        var after = new ArrayList<Launch>();
        for (var tensor : graph.outputs().values()) {
            if (edges.add(tensor)) {
                after.addAll(lowering.out(tensor, edges.last().device));
            }
        }
        var outputs = edges.taken();
        long workspace = launches.stream().flatMap(List::stream).mapToLong(Launch::workspaceBytes).max().orElse(0);
        return new Program(inputs, before, Step.of(graph, values::isView), launches, after, outputs,
                new Slot.Needs(edges.deviceBytes, aligned(workspace), edges.pinnedBytes));
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, Slot.ALIGNMENT) * Slot.ALIGNMENT;
    }

    /** All launches of an inference, in order. */
    List<Launch> all() {
        var all = new ArrayList<>(before);
        launches.forEach(all::addAll);
        all.addAll(after);
        return all;
    }

    /** Puts a whole inference into a slot's stream. */
    void enqueue(Slot slot, Driver driver) {
        enqueueInputs(slot, driver);
        launches.forEach(each -> each.forEach(launch -> launch.into(slot)));
        enqueueOutputs(slot, driver);
    }

    /** Puts what comes before the first step into a slot's stream. */
    void enqueueInputs(Slot slot, Driver driver) {
        for (var edge : inputs) {
            if (edge.bytes > 0) {
                driver.copyIn(edge.device.in(slot.memory()), slot.pinned().asSlice(edge.pinned, edge.bytes),
                        slot.stream());
            }
        }
        before.forEach(launch -> launch.into(slot));
    }

    /** Puts what comes after the last step into a slot's stream. */
    void enqueueOutputs(Slot slot, Driver driver) {
        after.forEach(launch -> launch.into(slot));
        for (var edge : outputs) {
            if (edge.bytes > 0) {
                driver.copyOut(slot.pinned().asSlice(edge.pinned, edge.bytes), edge.device.in(slot.memory()),
                        slot.stream());
            }
        }
    }

    /** The memory that a run takes on the device. */
    long deviceBytes() {
        return needs.bytes() + needs.workspaceBytes();
    }

    private static final class Edges {
        private final Values values;
        private final Precision precision;
        private final List<Edge> edges = new ArrayList<>();
        private long deviceBytes;
        private long pinnedBytes;

        /** @param start where in a slot they may lie */
        Edges(Values values, Precision precision, long start) {
            this.values = values;
            this.precision = precision;
            this.deviceBytes = start;
        }

        /** Gives a tensor its places; whether launches have to turn it from dense floats or into them. */
        boolean add(Tensor tensor) {
            var rows = values.of(tensor);
            long bytes = tensor.shape().elements() * tensor.dtype().bytes();
            boolean isDense = isDense(tensor, rows);
            var place = isDense ? Address.of(rows) : Address.inSlot(deviceBytes);
            edges.add(new Edge(place, pinnedBytes, bytes));
            deviceBytes += isDense ? 0 : aligned(bytes);
            pinnedBytes += aligned(bytes);
            return !isDense;
        }

        private boolean isDense(Tensor tensor, Rows rows) {
            return tensor.dtype() == DType.I32
                    || precision.storage() == DType.F32 && (rows.stride() == rows.columns() || rows.count() == 1);
        }

        Edge last() {
            return edges.getLast();
        }

        List<Edge> taken() {
            var taken = List.copyOf(edges);
            edges.clear();
            return taken;
        }
    }
}
