// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.worker;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.PackedCache;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Session;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Avocet as a worker; its model is a checkpoint's folder. Any number of threads may run it, each has outputs of its own. */
final class AvocetWorker implements Worker.Engine {
    private static final String CACHE_PROPERTY = "avocet.bench.cache";

    private final Pretrained pretrained;
    private final Device device;
    private final Session session;
    private final Plan plan;
    private final List<HostTensor> inputs;
    private final ThreadLocal<List<HostTensor>> outputs;

    AvocetWorker(Worker.Task task) {
        pretrained = Pretrained.open(task.model());
        device = Device.firstOf(DeviceOptions.ofThreads(task.threads()), Target.device());
        session = Session.open(pretrained.name(), pretrained.model()::forward, device, Target.precision(),
                Optional.ofNullable(System.getProperty(CACHE_PROPERTY)).map(Path::of).map(PackedCache::in)
                        .map(pretrained::keptIn));
        try (var file = Checkpoint.open(task.inputs())) {
            var shapes = new LinkedHashMap<String, Shape>();
            file.names().forEach(name -> shapes.put(name, file.tensor(name).shape()));
            plan = session.plan(shapes, List.of(task.output()));
            inputs = plan.graph().inputs().stream().map(input -> read(input, file)).toList();
        }
        outputs = ThreadLocal.withInitial(() -> plan.graph().outputs().values().stream()
                .map(output -> HostTensor.zeros(DType.F32, output.shape()))
                .toList());
    }

    private static HostTensor read(Graph.Input input, Checkpoint file) {
        var stored = file.tensor(input.name());
        return input.tensor().dtype() == DType.F32
                ? HostTensor.of(stored.shape(), stored.toFloats())
                : HostTensor.of(stored.shape(), stored.toInts());
    }

    public static void main(String[] args) throws Exception {
        Worker.serve(args, AvocetWorker::new);
    }

    @Override
    public String version() {
        return device.description();
    }

    @Override
    public void run() {
        session.run(plan, inputs, outputs.get());
    }

    /** Waits until weights are kept that are to be. */
    @Override
    public void close() {
        session.close();
        device.close();
        pretrained.close();
    }

    @Override
    public HostTensor output() {
        return outputs.get().getFirst();
    }
}
