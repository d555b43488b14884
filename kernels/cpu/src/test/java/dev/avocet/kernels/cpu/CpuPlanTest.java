// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static dev.avocet.kernels.cpu.Trial.input;
import static dev.avocet.kernels.cpu.Trial.results;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.DeviceOutOfMemory;
import dev.avocet.core.graph.Activation;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NeedsKernels
class CpuPlanTest {
    /** Of a thousand runs; a loaded machine may take many before everything is compiled. */
    private static final int BATCHES = 1000;

    @Test
    void aRunAllocatesNothing() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var trial = new Trial(MachineTiers.best(), DeviceOptions.ofThreads(1))) {
            var x = trial.tensor(2, 9, 100);
            var ids = HostTensor.of(Shape.of(2, 9), new int[18]);
            var weight = trial.weight(60, 100);
            var table = trial.weight(5, 100);
            var plan = trial.compile(ops -> {
                var sum = ops.add(input(ops, "x", x), ops.embedding(input(ops, "ids", ids), table));
                return results(ops.activation(ops.linear(sum, weight, null), Activation.GELU), ops.softmax(sum));
            });
            var inputs = List.of(x, ids);
            var outputs = List.of(
                    HostTensor.zeros(DType.F32, Shape.of(2, 9, 60)), HostTensor.zeros(DType.F32, Shape.of(2, 9, 100)));
            long bytes = 1;
            for (int batch = 0; batch < BATCHES && bytes > 0; batch++) { // until the JIT compiler has seen it all
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1000; i++) {
                    plan.run(inputs, outputs);
                }
                bytes = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertEquals(0, bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void anEmptyBatchHasEmptyResults(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(0, 20);
            var weight = trial.weight(30, 20);
            var found = trial.run(ops -> {
                var none = input(ops, "x", x);
                return results(ops.linear(none, weight, null), ops.softmax(none), ops.add(none, none));
            }, x);
            found.forEach(result -> assertEquals(0, result.length));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.avocet.kernels.cpu.MachineTiers#all")
    void viewsOfInputsAndConstantsMayBeResults(Tier tier) {
        try (var trial = new Trial(tier)) {
            var x = trial.tensor(3, 20);
            var weight = trial.weight(4, 5);
            trial.assertSame(ops -> {
                var all = input(ops, "x", x);
                return results(all, ops.slice(all, 1, 3, 8), ops.slice(ops.constant(weight), 0, 1, 3));
            }, x);
        }
    }

    @Test
    void aWrongShapeIsRefusedBeforeAnythingRuns() {
        try (var trial = new Trial(MachineTiers.best())) {
            var x = trial.tensor(3, 20);
            var plan = trial.compile(ops -> results(ops.scale(input(ops, "x", x), 2)));
            var failure = assertThrows(ShapeException.class, () -> Trial.run(plan, trial.tensor(3, 21)));
            assertTrue(failure.getMessage().contains("[3,20]"), failure.getMessage());
        }
    }

    @Test
    void memoryThatTheSystemDoesNotHaveIsATypedError() {
        var failure = assertThrows(DeviceOutOfMemory.class, () -> NativeMemory.allocate(1L << 60, "a test"));
        assertTrue(failure.getMessage().contains("a test"), failure.getMessage());
    }

    @Test
    void aWeightThatCannotBeReadFailsEveryPlanThatNeedsIt() {
        try (var trial = new Trial(MachineTiers.best())) {
            var x = trial.tensor(3, 20);
            var broken = new TestWeight("broken", Shape.of(40, 20), new float[7]);
            Trial.Recording product = ops -> results(ops.linear(input(ops, "x", x), broken, null));
            assertThrows(IndexOutOfBoundsException.class, () -> trial.run(product, x));
            assertThrows(IndexOutOfBoundsException.class, () -> trial.run(product, x));
        }
    }

    @Test
    void anOutlineReadsNoWeight() {
        try (var trial = new Trial(MachineTiers.best())) {
            var x = trial.tensor(3, 20);
            var unreadable = new TestWeight("unreadable", Shape.of(40, 20), new float[0]);
            var outline = trial.outline(ops -> results(ops.linear(input(ops, "x", x), unreadable, null)));
            assertEquals(1, outline.steps().size());
            assertTrue(outline.weightBytes() >= 4 * 40 * 20);
        }
    }
}
