// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
        var inputs = inputs(operation);
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

    private static List<HostTensor> inputs(OperationCase operation) {
        var random = new Random(5);
        var inputs = new ArrayList<HostTensor>();
        for (var input : operation.graph().inputs()) {
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
        var outputs = operation.graph().outputs().values().stream()
                .map(tensor -> HostTensor.zeros(DType.F32, tensor.shape()))
                .toList();
        var device = open.computeIfAbsent(deviceName, Device::firstOf);
        try (var compiler = device.newCompiler()) {
            compiler.compile(operation.graph()).run(inputs, outputs);
        } finally {
            device.release();
        }
        return outputs;
    }
}
