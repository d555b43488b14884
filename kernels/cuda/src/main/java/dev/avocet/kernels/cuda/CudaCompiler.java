// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Compiler;
import dev.avocet.core.backend.Outline;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.graph.Fusion;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.layout.Values;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compiles the graphs of one model: joins steps, places values, writes launches, and copies the weights to the device. */
final class CudaCompiler implements Compiler {
    /** A gate joins any product, for cuDNN multiplies as it reads. An expansion stays a product, which is what GPUs do best. */
    private static final Fusion.Limits LIMITS = new Fusion.Limits(1, Integer.MAX_VALUE);

    private final CudaBackend device;
    private final Precision precision;
    private final DeviceWeights weights;
    private final Map<PhantomReference<Plan>, Recordings> recordings = new HashMap<>();
    private final ReferenceQueue<Plan> forgotten = new ReferenceQueue<>();

    CudaCompiler(CudaBackend device, Precision precision) {
        this.device = device;
        this.precision = precision;
        this.weights = new DeviceWeights(device.driver(), precision);
    }

    @Override
    public synchronized Plan compile(Graph graph) {
        return device.context().in(() -> {
            freeForgotten();
            var program = program(graph, weights);
            weights.copy();
            var kept = new Recordings(device.slots().count());
            var plan = new CudaPlan(graph, program, device, kept);
            recordings.put(new PhantomReference<>(plan, forgotten), kept);
            return plan;
        });
    }

    private Program program(Graph graph, DeviceWeights places) {
        var fused = Fusion.fuse(graph, LIMITS);
        var values = new Values(fused, places, Slot.ALIGNMENT);
        synchronized (device.libraries()) {
            var tools = device.libraries().toolbox(device.driver(), device.context().gpu());
            return Program.of(fused, values, places, tools, precision);
        }
    }

    /** Frees the recordings of plans that nobody has any more. */
    private void freeForgotten() {
        for (var plan = forgotten.poll(); plan != null; plan = forgotten.poll()) {
            recordings.remove(plan).close(device.driver());
        }
    }

    @Override
    public synchronized Outline outline(Graph graph) {
        return device.context().in(() -> {
            var places = new DeviceWeights(null, precision);
            var program = program(graph, places);
            return new Outline(program.steps(), program.deviceBytes(), places.bytes());
        });
    }

    @Override
    public synchronized long weightBytes() {
        return weights.bytes();
    }

    @Override
    public synchronized void close() {
        device.context().free(() -> {
            var kept = List.copyOf(recordings.values());
            recordings.clear();
            Release.all(() -> Release.all(kept.stream().map(each -> () -> each.close(device.driver()))),
                    weights::close);
        });
    }
}
