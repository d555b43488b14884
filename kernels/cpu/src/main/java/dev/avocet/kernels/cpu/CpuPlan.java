// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.PlanCheck;
import dev.avocet.core.backend.Timing;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Step;
import dev.avocet.core.layout.Rows;
import dev.avocet.core.layout.Values;
import dev.avocet.core.tensor.HostTensor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;

/**
 * A graph as a native program, with the places of its inputs and outputs. The program is for the whole graph, or for one
 * item of it: then it is run for each.
 */
final class CpuPlan implements Plan {
    private final Graph graph;
    private final Program program;
    private final int items;
    private final List<Rows> inputs;
    private final List<Rows> outputs;
    private final Crew crew;
    private volatile List<Filling> fillings;

    /**
     * @param part what the program computes: the graph, or one item of it
     * @param items how many of these the graph is
     * @param fillings of the weights that it reads, as far as they are not finished
     */
    CpuPlan(Graph graph, Graph part, int items, Program program, Values values, List<Filling> fillings, Crew crew) {
        this.graph = graph;
        this.program = program;
        this.items = items;
        this.inputs = part.inputs().stream().map(input -> values.of(input.tensor())).toList();
        this.outputs = part.outputs().values().stream().map(values::of).toList();
        this.fillings = fillings;
        this.crew = crew;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public List<Step> steps() {
        return program.steps();
    }

    @Override
    public long scratchBytes() {
        return program.runBytes(crew.threads());
    }

    @Override
    public void run(List<HostTensor> given, List<HostTensor> results) {
        run(given, results, null);
    }

    @Override
    public Timing profile(List<HostTensor> given, List<HostTensor> results) {
        try (var stopwatch = crew.stopwatch(program)) {
            run(given, results, stopwatch);
            return stopwatch.read();
        }
    }

    private void run(List<HostTensor> given, List<HostTensor> results, Stopwatch stopwatch) {
        PlanCheck.check(graph, given, results);
        if (Thread.currentThread().isVirtual()) {
            crew.deputise(() -> compute(given, results, stopwatch));
        } else {
            compute(given, results, stopwatch);
        }
    }

    private void compute(List<HostTensor> given, List<HostTensor> results, Stopwatch stopwatch) {
        var slot = crew.take();
        try {
            if (!fillings.isEmpty()) {
                crew.finish(fillings);
                fillings = List.of();
            }
            slot.load(program, stopwatch == null ? 0 : stopwatch.address());
            for (int item = 0; item < items; item++) {
                compute(given, results, slot, item);
                if (stopwatch != null) {
                    stopwatch.lap();
                }
            }
        } finally {
            Reference.reachabilityFence(program); // native code has its address only
            crew.giveBack(slot);
        }
    }

    private void compute(List<HostTensor> given, List<HostTensor> results, Slot slot, int item) {
        for (int i = 0; i < inputs.size(); i++) {
            copyIn(given.get(i).data(), item, inputs.get(i), slot.arena());
        }
        crew.run(slot);
        for (int i = 0; i < outputs.size(); i++) {
            copyOut(outputs.get(i), slot.arena(), results.get(i).data(), item);
        }
    }

    private static void copyIn(MemorySegment from, int item, Rows to, MemorySegment arena) {
        long rowBytes = to.columns() * Float.BYTES;
        long first = item * to.count();
        if (to.stride() == to.columns()) {
            MemorySegment.copy(from, first * rowBytes, arena, to.byteOffset(0), to.count() * rowBytes);
            return;
        }
        for (long row = 0; row < to.count(); row++) {
            MemorySegment.copy(from, (first + row) * rowBytes, arena, to.byteOffset(row), rowBytes);
        }
    }

    private static void copyOut(Rows from, MemorySegment arena, MemorySegment to, int item) {
        var memory = from.block().memory(arena);
        long rowBytes = from.columns() * Float.BYTES;
        long first = item * from.count();
        if (from.stride() == from.columns()) {
            MemorySegment.copy(memory, from.byteOffset(0), to, first * rowBytes, from.count() * rowBytes);
            return;
        }
        for (long row = 0; row < from.count(); row++) {
            MemorySegment.copy(memory, from.byteOffset(row), to, (first + row) * rowBytes, rowBytes);
        }
    }
}
