// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.Compiler;
import dev.avocet.core.backend.KeptWeights;
import dev.avocet.core.backend.Outline;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.graph.Fusion;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Op;
import dev.avocet.core.graph.Step;
import dev.avocet.core.layout.Values;
import java.util.Optional;

/** Compiles the graphs of one model: joins steps, places values, writes the program, has the weights packed that it is the first to use. */
final class CpuCompiler implements Compiler {
    /**
     * A product of few rows is cut by columns, and each part would gate all rows anew: at 9x9 and 18x18 pixels an
     * eighth more time. Rows of pixels that are shorter than a register tile waste it.
     */
    private static final Fusion.Limits LIMITS = new Fusion.Limits(1000, 8);

    /** Of blocks in the arena: a line of the cache. */
    private static final int ALIGNMENT = 64;

    private final Kernels kernels;
    private final Crew crew;
    private final PackedWeights weights;

    CpuCompiler(Kernels kernels, Crew crew, Optional<KeptWeights> kept) {
        this.kernels = kernels;
        this.crew = crew;
        this.weights = new PackedWeights(kernels, kept);
    }

    @Override
    public Plan compile(Graph graph) {
        return compile(graph, graph, 1);
    }

    @Override
    public Plan compile(Graph graph, Graph item) {
        return goesOneByOne(item)
                ? compile(graph, item, graph.inputs().getFirst().tensor().shape().dim(0))
                : compile(graph);
    }

    private synchronized Plan compile(Graph graph, Graph part, int items) {
        var fused = Fusion.fuse(part, LIMITS);
        var values = new Values(fused, weights, ALIGNMENT);
        var program = lower(graph, fused, values, weights);
        var fillings = weights.fill();
        crew.begin(fillings);
        return new CpuPlan(graph, part, items, program, values, fillings, crew);
    }

    @Override
    public Outline outline(Graph graph) {
        return outlineOf(graph, graph);
    }

    @Override
    public Outline outline(Graph graph, Graph item) {
        return outlineOf(graph, goesOneByOne(item) ? item : graph);
    }

    private Outline outlineOf(Graph graph, Graph part) {
        try (var places = new PackedWeights(kernels, Optional.empty())) { // reserved, and never filled
            var fused = Fusion.fuse(part, LIMITS);
            var program = lower(graph, fused, new Values(fused, places, ALIGNMENT), places);
            return new Outline(program.steps(), program.runBytes(crew.threads()), places.bytes());
        }
    }

    /**
     * Whether the items of a batch are computed one after the other. Depthwise convolutions, means and gates do little
     * with each pixel: what is between them has to be in a cache, and of several pictures it is not.
     */
    private static boolean goesOneByOne(Graph item) {
        return item.nodes().stream().anyMatch(node -> node.op() instanceof Op.DepthwiseConv2d);
    }

    private Program lower(Graph graph, Graph fused, Values values, PackedWeights places) {
        var steps = Step.of(Fusion.fuse(graph, LIMITS), values::isView);
        return Lowering.lower(fused, values, kernels, places)
                .finish(kernels, values.arenaBytes(), crew.threads(), steps);
    }

    @Override
    public synchronized long weightBytes() {
        return weights.bytes();
    }

    @Override
    public synchronized void close() {
        weights.fill().forEach(crew::forget);
        weights.close();
    }
}
