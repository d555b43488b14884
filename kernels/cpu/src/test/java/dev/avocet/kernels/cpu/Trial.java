// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.Backend;
import dev.avocet.core.backend.Compiler;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.reference.ReferenceBackendProvider;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Runs small graphs on a tier's kernels and on the reference backend. */
final class Trial implements AutoCloseable {
    /** Records a graph with inputs drawn from {@code given}: results by name. */
    interface Recording {
        LinkedHashMap<String, Tensor> record(Ops ops);
    }

    /** A weight in an array. */
    record Numbers(String name, Shape shape, float[] values) implements Weight {
        @Override
        public void read(long from, float[] into, int offset, int count) {
            System.arraycopy(values, (int) from, into, offset, count);
        }
    }

    private final Random random;
    private final Backend backend;
    private final Compiler compiler;
    private final Compiler reference =
            new ReferenceBackendProvider().open("", DeviceOptions.ofThreads(1)).newCompiler();

    Trial(Tier tier, int threads, long seed) {
        random = new Random(seed);
        backend = CpuBackend.open(tier, DeviceOptions.ofThreads(threads));
        compiler = backend.newCompiler();
    }

    /** The tiers that this machine can run. */
    static Stream<Tier> tiers() {
        long supported = Kernels.supportedTiers();
        return Arrays.stream(Tier.values()).filter(tier -> tier.isIn(supported));
    }

    /** A weight of normally distributed numbers. */
    Numbers weight(int... dims) {
        var shape = Shape.of(dims);
        return new Numbers("w" + shape, shape, normal(shape));
    }

    /** A tensor of normally distributed numbers. */
    HostTensor tensor(Shape shape) {
        return HostTensor.of(shape, normal(shape));
    }

    private float[] normal(Shape shape) {
        var values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    Random random() {
        return random;
    }

    /** What both backends make of a graph. */
    record Results(List<float[]> found, List<float[]> wanted) {}

    Plan compile(Recording recording) {
        var ops = Ops.record();
        return compiler.compile(ops.graph(recording.record(ops)));
    }

    Results run(Recording recording, HostTensor... inputs) {
        return new Results(onCpu(recording, inputs), onReference(recording, inputs));
    }

    List<float[]> onCpu(Recording recording, HostTensor... inputs) {
        return run(compile(recording), List.of(inputs));
    }

    List<float[]> onReference(Recording recording, HostTensor... inputs) {
        var ops = Ops.record();
        return run(reference.compile(ops.graph(recording.record(ops))), List.of(inputs));
    }

    static List<float[]> run(Plan plan, List<HostTensor> inputs) {
        var outputs = new ArrayList<HostTensor>();
        plan.graph().outputs().values().forEach(output -> outputs.add(HostTensor.zeros(DType.F32, output.shape())));
        plan.run(inputs, outputs);
        return outputs.stream().map(HostTensor::toFloats).toList();
    }

    @Override
    public void close() {
        compiler.close();
        backend.close();
        reference.close();
    }
}
