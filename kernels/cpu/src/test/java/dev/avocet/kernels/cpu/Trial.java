// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Backend;
import dev.avocet.core.backend.Compiler;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Outline;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.backend.reference.ReferenceBackendProvider;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** Runs small graphs on one tier's kernels, and on the reference backend to compare. */
final class Trial implements AutoCloseable {
    /** The unit roundoff of a float. */
    static final double ROUNDOFF = 0x1p-24;

    /** Sizes around every vector width and tile, and some far from any. */
    static final int[] SIZES = {1, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 33, 48, 207};

    /** Records a graph and names its results. */
    interface Recording extends Function<Ops, Map<String, Tensor>> {}

    private final Random random = new Random(20);
    private final Backend backend;
    private final Compiler compiler;
    private final Compiler reference =
            new ReferenceBackendProvider().open("", DeviceOptions.ofThreads(1)).newCompiler(Precision.F32);

    Trial(Tier tier, DeviceOptions options) {
        backend = CpuBackend.open(tier, options);
        compiler = backend.newCompiler(Precision.F32);
    }

    Trial(Tier tier) {
        this(tier, DeviceOptions.ofThreads(2));
    }

    Random random() {
        return random;
    }

    /** A weight of normally distributed numbers. */
    TestWeight weight(int... dims) {
        return TestWeight.random(random, dims);
    }

    /** A tensor of normally distributed numbers. */
    HostTensor tensor(int... dims) {
        return HostTensor.of(Shape.of(dims), weight(dims).values());
    }

    /** An input of a tensor's type and shape. */
    static Tensor input(Ops ops, String name, HostTensor like) {
        return ops.input(name, like.dtype(), like.shape());
    }

    /** Results named by their positions. */
    static Map<String, Tensor> results(Tensor... tensors) {
        var named = new LinkedHashMap<String, Tensor>();
        for (var tensor : tensors) {
            named.put("result " + named.size(), tensor);
        }
        return named;
    }

    Plan compile(Recording recording) {
        var ops = Ops.record();
        return compiler.compile(ops.graph(recording.apply(ops)));
    }

    /** A plan for a batch, given what it is for one item. */
    Plan compile(Recording batch, Recording item) {
        var ops = Ops.record();
        var single = Ops.record();
        return compiler.compile(ops.graph(batch.apply(ops)), single.graph(item.apply(single)));
    }

    Outline outline(Recording recording) {
        var ops = Ops.record();
        return compiler.outline(ops.graph(recording.apply(ops)));
    }

    List<float[]> run(Recording recording, HostTensor... inputs) {
        return run(compile(recording), inputs);
    }

    List<float[]> reference(Recording recording, HostTensor... inputs) {
        var ops = Ops.record();
        return run(reference.compile(ops.graph(recording.apply(ops))), inputs);
    }

    static List<float[]> run(Plan plan, HostTensor... inputs) {
        var outputs = new ArrayList<HostTensor>();
        plan.graph().outputs().values().forEach(output -> outputs.add(HostTensor.zeros(DType.F32, output.shape())));
        plan.run(List.of(inputs), outputs);
        return outputs.stream().map(HostTensor::toFloats).toList();
    }

    /** Kernels that only move or choose numbers must give the reference's bits. */
    void assertSame(Recording recording, HostTensor... inputs) {
        var found = run(recording, inputs);
        var wanted = reference(recording, inputs);
        for (int i = 0; i < wanted.size(); i++) {
            assertArrayEquals(wanted.get(i), found.get(i), "result " + i);
        }
    }

    /** Results within {@code bound} of the reference's. */
    void assertWithin(double bound, Recording recording, HostTensor... inputs) {
        var found = run(recording, inputs);
        var wanted = reference(recording, inputs);
        for (int i = 0; i < wanted.size(); i++) {
            for (int j = 0; j < wanted.get(i).length; j++) {
                assertClose(wanted.get(i)[j], found.get(i)[j], bound, i, j);
            }
        }
    }

    /**
     * Sums of products: each result may be off by the roundoff times the number of terms, of the sum of the terms' sizes;
     * blocks of 256 are summed apart, so the number is at most 256 plus the number of blocks.
     *
     * @param sizes the recording with every number's absolute value
     */
    void assertSum(int terms, Recording recording, HostTensor[] inputs, Recording sizes, HostTensor[] absolute) {
        var found = run(recording, inputs).getFirst();
        var wanted = reference(recording, inputs).getFirst();
        var size = reference(sizes, absolute).getFirst();
        double roundings = Math.min(terms, 256) + Math.ceilDiv(terms, 256) + 2.0;
        for (int i = 0; i < wanted.length; i++) {
            assertClose(wanted[i], found[i], roundings * ROUNDOFF * size[i] + 1e-30, 0, i);
        }
    }

    private static void assertClose(float wanted, float found, double bound, int result, int index) {
        assertTrue(Math.abs((double) found - wanted) <= bound, () -> "result " + result + " at " + index + ": wanted "
                + wanted + " within " + bound + ", found " + found);
    }

    static HostTensor absolute(HostTensor tensor) {
        return HostTensor.of(tensor.shape(), absolute(tensor.toFloats()));
    }

    static TestWeight absolute(TestWeight weight) {
        return new TestWeight(weight.name(), weight.shape(), absolute(weight.values().clone()));
    }

    private static float[] absolute(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        return values;
    }

    @Override
    public void close() {
        compiler.close();
        backend.close();
        reference.close();
    }
}
