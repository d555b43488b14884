// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend.reference;

import dev.avocet.core.backend.Backend;
import dev.avocet.core.backend.BackendProvider;
import dev.avocet.core.backend.Compiler;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Outline;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.tensor.Weight;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.OptionalDouble;

/** Opens the device {@code reference}. */
public final class ReferenceBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Backend open(String selector, DeviceOptions options) {
        return new ReferenceBackend(options.slots());
    }

    private record ReferenceBackend(int slots) implements Backend {
        @Override
        public String description() {
            return "reference: plain Java, float64 sums, the caller's thread";
        }

        @Override
        public OptionalDouble peakFlops() {
            return OptionalDouble.empty();
        }

        @Override
        public Compiler newCompiler(Precision precision) {
            precision.requireF32("reference");
            return new ReferenceCompiler();
        }

        @Override
        public void close() {}
    }

    private static final class ReferenceCompiler implements Compiler {
        private final ReferenceWeights weights = new ReferenceWeights();

        @Override
        public Plan compile(Graph graph) {
            return new ReferencePlan(graph, weights);
        }

        @Override
        public Outline outline(Graph graph) {
            var plan = new ReferencePlan(graph, weights);
            return new Outline(plan.steps(), plan.scratchBytes(), weightBytes(graph));
        }

        /** Two layers may share a weight: the same object then. */
        private static long weightBytes(Graph graph) {
            var distinct = Collections.<Weight>newSetFromMap(new IdentityHashMap<>());
            graph.nodes().forEach(node -> distinct.addAll(node.op().weights()));
            return distinct.stream().mapToLong(weight -> Float.BYTES * weight.shape().elements()).sum();
        }

        @Override
        public long weightBytes() {
            return weights.bytes();
        }

        @Override
        public void close() {
            weights.clear();
        }
    }
}
