// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.jmh;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan with its inputs and outputs in place. */
final class PlanRun implements AutoCloseable {
    private final Device device;
    private final Session session;
    private final Plan plan;
    private final List<HostTensor> inputs;
    private final List<HostTensor> outputs;
    private final double gflop;

    /**
     * A plan ready to run.
     *
     * @param device the backend's name
     * @param threads how many; 0 stands for all processors
     */
    PlanRun(String device, int threads, Session.Recorder model, Map<String, HostTensor> given, String output) {
        this.device =
                Device.firstOf(threads == 0 ? DeviceOptions.defaults() : DeviceOptions.ofThreads(threads), device);
        session = Session.open("benchmark", model, this.device);
        var shapes = new LinkedHashMap<String, Shape>();
        given.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        plan = session.plan(shapes, List.of(output));
        inputs = plan.graph().inputs().stream()
                .map(input -> as(input.tensor().dtype(), given.get(input.name())))
                .toList();
        outputs = plan.graph().outputs().values().stream()
                .map(tensor -> HostTensor.zeros(DType.F32, tensor.shape()))
                .toList();
        gflop = plan.graph().flops() / 1e9;
    }

    /** Floats as they are; ids as the engine wants them. */
    private static HostTensor as(DType dtype, HostTensor tensor) {
        return dtype == tensor.dtype() ? tensor : HostTensor.of(tensor.shape(), tensor.toInts());
    }

    /** One inference. */
    List<HostTensor> run(Rate rate) {
        session.run(plan, inputs, outputs);
        rate.gflop += gflop;
        return outputs;
    }

    @Override
    public void close() {
        session.close();
        device.close();
    }
}
