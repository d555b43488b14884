// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Step;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * What every backend must pass: each operation on awkward sizes against the reference backend.
 *
 * <p>The bound grows with the length of the sums: a random walk of rounding errors, with room for those of the functions
 * after it. It is relative to the largest result of the case.
 *
 * <p>Everything holds in every precision that a backend says it has; the bound grows with the step between its numbers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendSuite {
    private final Map<String, Device> open = new HashMap<>();

    /** The devices to test. */
    protected abstract List<String> devices();

    /** The precisions to test; what does not depend on rounding is tested in the first only. */
    protected List<Precision> precisions() {
        return List.of(Precision.F32);
    }

    /** Whether to test a case; a device that is simulated can't afford large ones. */
    protected boolean affords(Graph graph) {
        return true;
    }

    private Stream<DynamicTest> forEach(List<Precision> precisions, BiConsumer<OperationCase, Place> test) {
        var cases = OperationCase.all().stream().filter(each -> affords(each.graph())).toList();
        return devices().stream().flatMap(device -> precisions.stream().map(each -> new Place(device, each)))
                .flatMap(place -> cases.stream()
                        .map(each -> DynamicTest.dynamicTest(each + " on " + place, () -> test.accept(each, place))));
    }

    private List<Precision> firstPrecision() {
        return precisions().subList(0, 1);
    }

    private record Place(String device, Precision precision) {
        /** The step between two numbers at 1. */
        double epsilon() {
            return switch (precision) {
                case F32 -> 0x1p-23;
                case TF32, F16 -> 0x1p-10;
                case BF16 -> 0x1p-7;
            };
        }

        @Override
        public String toString() {
            return device + " in " + precision;
        }
    }

    @AfterAll
    void closeDevices() {
        open.values().forEach(Device::close);
    }

    @TestFactory
    Stream<DynamicTest> everyOperationAgreesWithTheReference() {
        return forEach(precisions(), this::assertAgrees);
    }

    private void assertAgrees(OperationCase operation, Place place) {
        var inputs = inputs(operation.graph());
        var wanted = runs(new Place("reference", Precision.F32), operation, inputs, 1).getFirst();
        var found = runs(place, operation, inputs, 2);
        for (int i = 0; i < wanted.size(); i++) {
            var first = found.get(0).get(i).toFloats();
            assertClose(wanted.get(i).toFloats(), first, (4 + 2 * Math.sqrt(operation.terms())) * place.epsilon());
            assertArrayEquals(first, found.get(1).get(i).toFloats(), "not the same bits in a second run");
        }
    }

    @TestFactory
    Stream<DynamicTest> timingTheStepsOfARunChangesNoBitOfIt() {
        return forEach(firstPrecision(),
                (operation, place) -> withPlan(place, operation, BackendSuite::assertSameWhenTimed));
    }

    private static void assertSameWhenTimed(Plan plan, Outline outline) {
        var inputs = inputs(plan.graph());
        var outputs = outputs(plan);
        var timed = outputs(plan);
        plan.run(inputs, outputs);
        var timing = plan.profile(inputs, timed);
        for (int i = 0; i < outputs.size(); i++) {
            assertArrayEquals(outputs.get(i).toFloats(), timed.get(i).toFloats());
        }
        assertEquals(plan.steps().size(), timing.nanos().length);
        assertTrue(Arrays.stream(timing.nanos()).allMatch(nanos -> nanos >= 0));
        // A few numbers may be done before a processor's counter moves.
        assertTrue(plan.graph().flops() < 10_000 || Arrays.stream(timing.busyNanos()).sum() > 0);
        assertEquals(plan.steps(), outline.steps());
        assertEquals(plan.scratchBytes(), outline.scratchBytes());
    }

    @TestFactory
    Stream<DynamicTest> joiningStepsChangesNoCountOfOperations() {
        return forEach(firstPrecision(), (operation, place) -> withPlan(place, operation, (plan, _) -> assertEquals(
                operation.graph().flops(), plan.steps().stream().mapToLong(Step::flops).sum())));
    }

    private static void assertClose(float[] wanted, float[] found, double bound) {
        assertEquals(wanted.length, found.length);
        double largest = 1e-30;
        double error = 0;
        for (int i = 0; i < wanted.length; i++) {
            largest = Math.max(largest, Math.abs(wanted[i]));
            error = Math.max(error, Math.abs((double) wanted[i] - found[i]));
            assertTrue(Float.isFinite(found[i]), "element " + i + " is " + found[i]);
        }
        double allowed = bound * largest;
        assertTrue(error <= allowed, "error " + error + ", allowed " + allowed);
    }

    private static List<HostTensor> inputs(Graph graph) {
        var random = new Random(5);
        var inputs = new ArrayList<HostTensor>();
        for (var input : graph.inputs()) {
            var shape = input.tensor().shape();
            if (input.tensor().dtype() == DType.F32) {
                inputs.add(HostTensor.of(shape, TestWeight.random(random, shape.toArray()).values()));
            } else {
                int bound = input.bound() == Integer.MAX_VALUE ? 2 : input.bound();
                inputs.add(HostTensor.of(shape, random.ints(shape.elements(), 0, bound).toArray()));
            }
        }
        return inputs;
    }

    /** The results of so many runs of one plan. */
    private List<List<HostTensor>> runs(Place place, OperationCase operation, List<HostTensor> inputs, int count) {
        var results = new ArrayList<List<HostTensor>>();
        withPlan(place, operation, (plan, _) -> {
            for (int i = 0; i < count; i++) {
                results.add(outputs(plan));
                plan.run(inputs, results.getLast());
            }
        });
        return results;
    }

    private static List<HostTensor> outputs(Plan plan) {
        return plan.graph().outputs().values().stream()
                .map(tensor -> HostTensor.zeros(DType.F32, tensor.shape()))
                .toList();
    }

    private void withPlan(Place place, OperationCase operation, BiConsumer<Plan, Outline> test) {
        var device = open.computeIfAbsent(place.device, Device::firstOf);
        try (var compiler = device.newCompiler(place.precision, Optional.empty())) {
            test.accept(compiler.compile(operation.graph()), compiler.outline(operation.graph()));
        } finally {
            device.release();
        }
    }
}
