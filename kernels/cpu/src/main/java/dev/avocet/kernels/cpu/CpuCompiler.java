// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.Compiler;
import dev.avocet.core.backend.KeptWeights;
import dev.avocet.core.backend.Outline;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.graph.Fusion;
import dev.avocet.core.graph.Graph;
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
    public synchronized Plan compile(Graph graph) {
        var fused = Fusion.fuse(graph, LIMITS);
        var values = new Values(fused, weights, ALIGNMENT);
        var program = lower(fused, values, weights);
        var fillings = weights.fill();
        crew.begin(fillings);
        return new CpuPlan(graph, program, values, fillings, crew);
    }

    @Override
    public Outline outline(Graph graph) {
        try (var places = new PackedWeights(kernels, Optional.empty())) { // reserved, and never filled
            var fused = Fusion.fuse(graph, LIMITS);
            var program = lower(fused, new Values(fused, places, ALIGNMENT), places);
            return new Outline(program.steps(), program.runBytes(crew.threads()), places.bytes());
        }
    }

    private Program lower(Graph fused, Values values, PackedWeights places) {
        return Lowering.lower(fused, values, kernels, places).finish(kernels, values.arenaBytes(), crew.threads());
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
