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
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendSuite {
    private static final double EPSILON = Math.ulp(1f);

    private final Map<String, Device> open = new HashMap<>();

    /** The devices to test. */
    protected abstract List<String> devices();

    @AfterAll
    void closeDevices() {
        open.values().forEach(Device::close);
    }

    @TestFactory
    Stream<DynamicTest> everyOperationAgreesWithTheReference() {
        var cases = OperationCase.all();
        return devices().stream()
                .flatMap(device -> cases.stream().map(each -> DynamicTest.dynamicTest(
                        each + " on " + device, () -> assertAgrees(each, device))));
    }

    private void assertAgrees(OperationCase operation, String deviceName) {
        var inputs = inputs(operation.graph());
        var wanted = run("reference", operation, inputs);
        var found = run(deviceName, operation, inputs);
        for (int i = 0; i < wanted.size(); i++) {
            assertClose(wanted.get(i).toFloats(), found.get(i).toFloats(), operation.terms());
        }
        var again = run(deviceName, operation, inputs);
        for (int i = 0; i < found.size(); i++) {
            assertArrayEquals(found.get(i).toFloats(), again.get(i).toFloats(), "not the same bits in a second run");
        }
    }

    @TestFactory
    Stream<DynamicTest> timingTheStepsOfARunChangesNoBitOfIt() {
        return OperationCase.all().stream().flatMap(each -> devices().stream().map(device -> DynamicTest.dynamicTest(
                each + " on " + device, () -> withPlan(device, each, BackendSuite::assertSameWhenTimed))));
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
        assertTrue(plan.steps().isEmpty() || Arrays.stream(timing.busyNanos()).sum() > 0);
        assertEquals(plan.steps(), outline.steps());
        assertEquals(plan.scratchBytes(), outline.scratchBytes());
    }

    @TestFactory
    Stream<DynamicTest> joiningStepsChangesNoCountOfOperations() {
        return OperationCase.all().stream().flatMap(each -> devices().stream().map(device -> DynamicTest.dynamicTest(
                each + " on " + device, () -> withPlan(device, each, (plan, _) -> assertEquals(
                        each.graph().flops(), plan.steps().stream().mapToLong(Step::flops).sum())))));
    }

    private static void assertClose(float[] wanted, float[] found, int terms) {
        assertEquals(wanted.length, found.length);
        double largest = 1e-30;
        double error = 0;
        for (int i = 0; i < wanted.length; i++) {
            largest = Math.max(largest, Math.abs(wanted[i]));
            error = Math.max(error, Math.abs((double) wanted[i] - found[i]));
            assertTrue(Float.isFinite(found[i]), "element " + i + " is " + found[i]);
        }
        double allowed = (4 + 2 * Math.sqrt(terms)) * EPSILON * largest;
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

    private List<HostTensor> run(String deviceName, OperationCase operation, List<HostTensor> inputs) {
        var outputs = new ArrayList<HostTensor>();
        withPlan(deviceName, operation, (plan, _) -> {
            outputs.addAll(outputs(plan));
            plan.run(inputs, outputs);
        });
        return outputs;
    }

    private static List<HostTensor> outputs(Plan plan) {
        return plan.graph().outputs().values().stream()
                .map(tensor -> HostTensor.zeros(DType.F32, tensor.shape()))
                .toList();
    }

    private void withPlan(String deviceName, OperationCase operation, BiConsumer<Plan, Outline> test) {
        var device = open.computeIfAbsent(deviceName, Device::firstOf);
        try (var compiler = device.newCompiler(Precision.F32, Optional.empty())) {
            test.accept(compiler.compile(operation.graph()), compiler.outline(operation.graph()));
        } finally {
            device.release();
        }
    }
}
