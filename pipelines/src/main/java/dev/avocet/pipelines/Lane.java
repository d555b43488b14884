// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * One kind of call of a model: which inputs give which result. Keeps the buffers of finished calls for the next ones,
 * as many as have run side by side, so that a service at work doesn't allocate them again.
 */
final class Lane {
    private final Session session;
    private final String output;
    private final Map<Map<String, Shape>, ConcurrentLinkedDeque<Batch>> idle = new ConcurrentHashMap<>();

    Lane(Session session, String output) {
        this.session = session;
        this.output = output;
    }

    /** A batch with inputs of these types and shapes, to be filled and run; returned by closing it. */
    Batch borrow(SequencedMap<String, Shape> inputs, Map<String, DType> types) {
        var pool = idle.computeIfAbsent(inputs, _ -> new ConcurrentLinkedDeque<>());
        var batch = pool.pollFirst();
        if (batch != null) {
            return batch;
        }
        var plan = session.plan(inputs, List.of(output));
        var given = plan.graph().inputs().stream()
                .map(input -> HostTensor.zeros(types.get(input.name()), input.tensor().shape()))
                .toList();
        var result = HostTensor.zeros(DType.F32, plan.graph().outputs().get(output).shape());
        return new Batch(this, pool, plan, given, List.of(result));
    }

    /** The memory of one call. */
    static final class Batch implements AutoCloseable {
        private final Lane lane;
        private final ConcurrentLinkedDeque<Batch> pool;
        private final Plan plan;
        private final List<HostTensor> inputs;
        private final List<HostTensor> results;
        private long waited;

        private Batch(Lane lane, ConcurrentLinkedDeque<Batch> pool, Plan plan, List<HostTensor> inputs,
                List<HostTensor> results) {
            this.lane = lane;
            this.pool = pool;
            this.plan = plan;
            this.inputs = inputs;
            this.results = results;
        }

        /** The array behind an input, to be written. */
        float[] floats(int input) {
            return (float[]) array(inputs.get(input).data());
        }

        /** The array behind an input of ids, to be written. */
        int[] ints(int input) {
            return (int[]) array(inputs.get(input).data());
        }

        /** Computes, and gives the array of results, valid until the batch is closed. */
        float[] run() {
            waited = lane.session.run(plan, inputs, results);
            return (float[]) array(results.getFirst().data());
        }

        /** How many numbers a row of results has. */
        int resultWidth() {
            return Math.toIntExact(results.getFirst().shape().columns());
        }

        /** How long it waited for a slot in the device, in nanoseconds. */
        long waited() {
            return waited;
        }

        private static Object array(MemorySegment segment) {
            return segment.heapBase().orElseThrow();
        }

        @Override
        public void close() {
            pool.addFirst(this);
        }
    }
}
