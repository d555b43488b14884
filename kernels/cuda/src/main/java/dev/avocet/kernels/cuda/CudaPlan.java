// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.DeviceFailure;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.PlanCheck;
import dev.avocet.core.backend.Timing;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Step;
import dev.avocet.core.tensor.HostTensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A graph as launches, written down in each slot at its first run and replayed as a whole from then on. */
final class CudaPlan implements Plan {
    private final Graph graph;
    private final Program program;
    private final CudaBackend device;
    private final Recordings recordings;

    /** @param recordings of this plan, which somebody else frees */
    CudaPlan(Graph graph, Program program, CudaBackend device, Recordings recordings) {
        this.graph = graph;
        this.program = program;
        this.device = device;
        this.recordings = recordings;
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
        return program.deviceBytes();
    }

    /** What one inference launches: copies and kernels, as CUDA counts them; 0 before the first run. */
    long launches() {
        return recordings.nodes();
    }

    @Override
    public void run(List<HostTensor> given, List<HostTensor> results) {
        PlanCheck.check(graph, given, results);
        if (Thread.currentThread().isVirtual()) {
            device.onPlatformThread(() -> compute(given, results));
        } else {
            compute(given, results);
        }
    }

    private void compute(List<HostTensor> given, List<HostTensor> results) {
        var slot = device.slots().take();
        try {
            var context = device.context();
            context.enter();
            try {
                slot.require(program.needs());
                copyIn(given, slot);
                device.driver().launchGraph(recordings.of(slot, program, device), slot.stream());
                device.driver().synchronize(slot.stream());
                copyOut(slot, results);
            } catch (RuntimeException | Error e) {
                Release.after(e, slot::settle);
                if (e instanceof DeviceFailure failure) {
                    context.noted(failure);
                }
                throw e;
            } finally {
                context.leave(slot.popped());
            }
        } finally {
            device.slots().giveBack(slot);
        }
    }

    private void copyIn(List<HostTensor> given, Slot slot) {
        for (int i = 0; i < given.size(); i++) {
            var edge = program.inputs().get(i);
            MemorySegment.copy(given.get(i).data(), 0, slot.pinned(), edge.pinned(), edge.bytes());
        }
    }

    private void copyOut(Slot slot, List<HostTensor> results) {
        for (int i = 0; i < results.size(); i++) {
            var edge = program.outputs().get(i);
            MemorySegment.copy(slot.pinned(), edge.pinned(), results.get(i).data(), 0, edge.bytes());
        }
    }

    @Override
    public Timing profile(List<HostTensor> given, List<HostTensor> results) {
        PlanCheck.check(graph, given, results);
        var slot = device.slots().take();
        try {
            return device.context().in(() -> {
                try {
                    slot.require(program.needs());
                    copyIn(given, slot);
                    var nanos = timed(slot);
                    copyOut(slot, results);
                    return new Timing(nanos, nanos);
                } catch (RuntimeException | Error e) {
                    Release.after(e, slot::settle);
                    throw e;
                }
            });
        } finally {
            device.slots().giveBack(slot);
        }
    }

    /** The launches one by one, with an event between any two steps. */
    private long[] timed(Slot slot) {
        var driver = device.driver();
        var events = new ArrayList<Long>();
        try {
            for (int i = 0; i <= program.launches().size(); i++) {
                events.add(driver.createEvent());
            }
            synchronized (device.libraries()) {
                program.enqueueInputs(slot, driver);
                driver.recordEvent(events.getFirst(), slot.stream());
                for (int step = 0; step < program.launches().size(); step++) {
                    program.launches().get(step).forEach(launch -> launch.into(slot));
                    driver.recordEvent(events.get(step + 1), slot.stream());
                }
                program.enqueueOutputs(slot, driver);
            }
            driver.synchronize(slot.stream());
            var nanos = new long[program.launches().size()];
            for (int step = 0; step < nanos.length; step++) {
                nanos[step] = driver.elapsedNanos(events.get(step), events.get(step + 1));
            }
            return nanos;
        } finally {
            Release.all(events, driver::destroyEvent);
        }
    }
}
