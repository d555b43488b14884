// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.graph.Step;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On one tier, a result's bits depend on its input and on nothing else. */
@NeedsKernels
class SameBitsTest {
    private static final int WIDTH = 48;
    private static final int HEADS = 3;

    /** An encoder layer over texts with padding: products, attention, norms. */
    private record Encoder(Trial trial, TestWeight joint, TestWeight up, TestWeight down, TestWeight norm) {
        static Encoder of(Trial trial) {
            return new Encoder(trial, trial.weight(3 * WIDTH, WIDTH), trial.weight(300, WIDTH),
                    trial.weight(WIDTH, 300), trial.weight(WIDTH));
        }

        Map<String, Tensor> record(Ops ops, HostTensor x, HostTensor mask, boolean all) {
            var in = input(ops, "x", x);
            var joined = ops.linear(in, joint, null);
            var attention = ops.attention(
                    ops.slice(joined, 2, 0, WIDTH), ops.slice(joined, 2, WIDTH, 2 * WIDTH),
                    ops.slice(joined, 2, 2 * WIDTH, 3 * WIDTH), input(ops, "mask", mask), HEADS, 0.25f);
            var middle = ops.layerNorm(ops.add(attention.context(), in), norm, norm, 1e-6f);
            var inner = ops.activation(ops.linear(middle, up, null), Activation.GELU);
            var out = ops.add(ops.linear(inner, down, norm), middle);
            return all ? results(out, attention.probabilities(), inner) : results(out);
        }

        float[] run(HostTensor x, HostTensor mask) {
            return trial.run(ops -> record(ops, x, mask, false), x, mask).getFirst();
        }
    }

    /** A block of EfficientNet: expansion, depthwise convolution, squeeze-and-excitation, projection. */
    private record Block(Trial trial, TestWeight expand, TestWeight depthwise, TestWeight squeeze, TestWeight excite,
            TestWeight project) {
        static Block of(Trial trial) {
            return new Block(trial, trial.weight(200, 24), trial.weight(200, 1, 5, 5), trial.weight(10, 200),
                    trial.weight(200, 10), trial.weight(24, 200));
        }

        Map<String, Tensor> record(Ops ops, HostTensor x) {
            var in = input(ops, "x", x);
            var wide = ops.activation(ops.linear(in, expand, null), Activation.SWISH);
            var seen = ops.depthwiseConv2d(wide, depthwise, null, 1, Padding.same(5));
            var few = ops.activation(ops.linear(ops.meanSpatial(seen), squeeze, null), Activation.SWISH);
            var gate = ops.activation(ops.linear(few, excite, null), Activation.SIGMOID);
            return results(ops.add(ops.linear(ops.multiply(seen, gate), project, null), in));
        }

        float[] run(HostTensor x) {
            return trial.run(ops -> record(ops, x), x).getFirst();
        }
    }

    private static HostTensor mask(int texts, int tokens, int real) {
        var mask = new int[texts * tokens];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % tokens < real ? 1 : 0;
        }
        return HostTensor.of(Shape.of(texts, tokens), mask);
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void howManyThreadsComputeChangesNothing(Tier tier) {
        var found = new ArrayList<float[]>();
        for (int threads = 1; threads <= 4; threads++) {
            try (var trial = new Trial(tier, DeviceOptions.ofThreads(threads))) {
                var x = trial.tensor(2, 71, WIDTH);
                found.add(Encoder.of(trial).run(x, mask(2, 71, 60)));
                found.add(Block.of(trial).run(trial.tensor(1, 23, 17, 24)));
            }
        }
        for (int i = 2; i < found.size(); i++) {
            assertArrayEquals(found.get(i % 2), found.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void theOthersOfABatchChangeNothing(Tier tier) {
        try (var trial = new Trial(tier)) {
            var encoder = Encoder.of(trial);
            var texts = trial.tensor(5, 37, WIDTH);
            var all = encoder.run(texts, mask(5, 37, 30));
            var block = Block.of(trial);
            var pictures = trial.tensor(5, 9, 11, 24);
            var allSeen = block.run(pictures);
            for (int i = 0; i < 5; i++) {
                assertArrayEquals(part(all, i, 5), encoder.run(part(texts, i), mask(1, 37, 30)), "text " + i);
                assertArrayEquals(part(allSeen, i, 5), block.run(part(pictures, i)), "picture " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void whetherABatchIsComputedAtOnceOrOneByOneChangesNothing(Tier tier) {
        try (var trial = new Trial(tier)) {
            var block = Block.of(trial);
            var pictures = trial.tensor(5, 9, 11, 24);
            var atOnce = trial.compile(ops -> block.record(ops, pictures));
            var oneByOne = trial.compile(ops -> block.record(ops, pictures),
                    ops -> block.record(ops, part(pictures, 0)));
            assertArrayEquals(Trial.run(atOnce, pictures).getFirst(), Trial.run(oneByOne, pictures).getFirst());
            assertTrue(oneByOne.scratchBytes() < atOnce.scratchBytes(), "one by one takes less memory");
            assertEquals(atOnce.steps().stream().map(Step::flops).toList(),
                    oneByOne.steps().stream().map(Step::flops).toList());
            var results = List.of(HostTensor.zeros(DType.F32, pictures.shape()));
            assertEquals(oneByOne.steps().size(), oneByOne.profile(List.of(pictures), results).nanos().length);
            assertArrayEquals(Trial.run(atOnce, pictures).getFirst(), results.getFirst().toFloats());
        }
    }

    private static HostTensor part(HostTensor batch, int index) {
        int size = batch.shape().dim(0);
        return HostTensor.of(batch.shape().with(0, 1), part(batch.toFloats(), index, size));
    }

    private static float[] part(float[] values, int index, int count) {
        int size = values.length / count;
        return Arrays.copyOfRange(values, index * size, (index + 1) * size);
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void paddingOnTheRightChangesNothing(Tier tier) {
        try (var trial = new Trial(tier)) {
            var encoder = Encoder.of(trial);
            for (int real : new int[] {1, 10, 16, 200}) {
                var text = trial.tensor(1, real, WIDTH);
                var alone = encoder.run(text, mask(1, real, real));
                for (int padded : new int[] {real + 1, real + 7, real + 64, real + 300}) {
                    var longer = trial.tensor(1, padded, WIDTH).toFloats();
                    System.arraycopy(text.toFloats(), 0, longer, 0, real * WIDTH);
                    var found = encoder.run(
                            HostTensor.of(Shape.of(1, padded, WIDTH), longer), mask(1, padded, real));
                    assertArrayEquals(alone, Arrays.copyOf(found, real * WIDTH), real + " tokens in " + padded);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void whatElseIsAskedForChangesNothing(Tier tier) {
        try (var trial = new Trial(tier)) {
            var encoder = Encoder.of(trial);
            var x = trial.tensor(2, 50, WIDTH);
            var mask = mask(2, 50, 44);
            var more = trial.run(ops -> encoder.record(ops, x, mask, true), x, mask);
            assertArrayEquals(more.getFirst(), encoder.run(x, mask));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void callersAtTheSameTimeAndRunsBeforeChangeNothing(Tier tier) throws Exception {
        try (var trial = new Trial(tier, DeviceOptions.ofThreads(3).withSlots(2));
                var platform = Executors.newFixedThreadPool(4);
                var virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            var encoder = Encoder.of(trial);
            var x = trial.tensor(1, 65, WIDTH);
            var mask = mask(1, 65, 50);
            var plan = trial.compile(ops -> encoder.record(ops, x, mask, false));
            var wanted = Trial.run(plan, x, mask).getFirst();
            for (ExecutorService callers : List.of(platform, virtual)) {
                var calls = new ArrayList<Callable<float[]>>();
                for (int i = 0; i < 100; i++) {
                    calls.add(() -> Trial.run(plan, x, mask).getFirst());
                }
                for (var call : callers.invokeAll(calls)) {
                    assertArrayEquals(wanted, call.get());
                }
            }
        }
    }
}
