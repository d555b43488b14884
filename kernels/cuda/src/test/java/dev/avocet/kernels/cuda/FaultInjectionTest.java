// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Precision;
import dev.avocet.core.backend.Session;
import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a failure of any call: the whole life of a device is run once to count its calls, and then again with
 * each of them failing in each way that it can.
 */
@Simulated(SimulatedGpu.A100)
class FaultInjectionTest {
    /** Whether each call fails in all ways and not in the two whose turn it is, which takes a minute more. */
    static final boolean ALL_WAYS = Boolean.getBoolean("avocet.faults.all");
    private static final int FEW_WAYS = 2;
    private static final int OUT_OF_MEMORY = 2;
    /** Those after which the driver refuses everything else: an uncorrectable error of the memory, and two of kernels. */
    private static final List<Integer> STICKY = List.of(214, 700, 719);
    private static final Random RANDOM = new Random(3);
    private static final Weight EXPAND = TestWeight.random(RANDOM, 48, 32);
    private static final Weight EXPAND_BIAS = TestWeight.random(RANDOM, 48);
    private static final Weight REDUCE = TestWeight.random(RANDOM, 32, 48);
    private static final Weight REDUCE_BIAS = TestWeight.random(RANDOM, 32);
    private static final Weight FILTER = TestWeight.random(RANDOM, 8, 3, 3, 3);
    private static final Weight FILTER_BIAS = TestWeight.random(RANDOM, 8);
    private static final Map<String, HostTensor> INPUTS = Map.of("x",
            HostTensor.of(Shape.of(1, 9, 32), TestWeight.random(RANDOM, 1, 9, 32).values()), "picture",
            HostTensor.of(Shape.of(1, 6, 6, 3), TestWeight.random(RANDOM, 1, 6, 6, 3).values()));

    /** Every refusal is logged, which is much here. */
    private static final Logger LOG = Logger.getLogger(Device.class.getName());

    private final Simulator simulator = Simulator.get();

    @BeforeAll
    static void logNothing() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void logAgain() {
        LOG.setLevel(null);
    }

    /** A graph that needs cuBLAS, cuDNN and own kernels. */
    private static Map<String, Tensor> record(Ops ops, Map<String, Shape> shapes) {
        var x = ops.input("x", DType.F32, shapes.get("x"));
        var attended = ops.attention(x, x, x, null, 2, 0.25f).context();
        var expanded = ops.activation(ops.linear(attended, EXPAND, EXPAND_BIAS), Activation.GELU);
        var reduced = ops.add(ops.linear(expanded, REDUCE, REDUCE_BIAS), x);
        var picture = ops.input("picture", DType.F32, shapes.get("picture"));
        var convolved = ops.activation(ops.conv2d(picture, FILTER, FILTER_BIAS, 1, Padding.same(3)), Activation.SWISH);
        return Map.of("tokens", ops.softmax(reduced), "picture", convolved);
    }

    /** Opens, computes twice, times, and closes; the results. */
    private static List<float[]> life(String... devices) {
        try (var device = Device.firstOf(DeviceOptions.ofThreads(1), devices);
                var session = Session.open("model", FaultInjectionTest::record, device,
                        device.name().equals("cpu") ? Precision.F32 : Precision.F16, Optional.empty())) {
            var names = List.of("tokens", "picture");
            session.run(INPUTS, names);
            var results = new ArrayList<float[]>();
            session.run(INPUTS, names).values().forEach(each -> results.add(each.toFloats()));
            var plan = session.plan(Map.of("x", Shape.of(1, 9, 32), "picture", Shape.of(1, 6, 6, 3)), names);
            var given = plan.graph().inputs().stream().map(input -> INPUTS.get(input.name())).toList();
            session.profile(plan, given, plan.graph().outputs().values().stream()
                    .map(output -> HostTensor.zeros(DType.F32, output.shape())).toList());
            return results;
        }
    }

    /** In which ways a function fails. */
    static List<Integer> failures(String function) {
        if (function.startsWith("cudnn")) {
            return List.of(1001, 2000, 3000, 4000, 5000);
        }
        if (function.startsWith("cublas")) {
            return List.of(3, 13, 14, 15);
        }
        if (function.startsWith("nvrtc")) {
            return function.equals("nvrtcCompileProgram") ? List.of(6, 1, 11) : List.of(1, 11);
        }
        if (function.equals("cuCtxPushCurrent_v2")) {
            return STICKY; // of a context that is there it fails for nothing else
        }
        var failures = new ArrayList<>(STICKY);
        failures.add(OUT_OF_MEMORY);
        failures.add(1);
        return failures;
    }

    private record Injection(long call, String function, int status) {}

    private List<Injection> injections(Runnable life) {
        simulator.start(SimulatedGpu.A100);
        simulator.fail(0, 0);
        life.run();
        var calls = simulator.calls();
        assertEquals(0, simulator.open());
        var all = new ArrayList<Injection>();
        for (int i = 0; i < calls.size(); i++) {
            var ways = failures(calls.get(i));
            for (int way = 0; way < (ALL_WAYS ? ways.size() : FEW_WAYS); way++) {
                all.add(new Injection(i + 1, calls.get(i), ways.get((i + way) % ways.size())));
            }
        }
        return all;
    }

    @Test
    void everyFailureIsATypedErrorThatLeavesNothingBehindAndAFreshDeviceWorks() {
        var wrong = new TreeSet<String>();
        var injections = injections(() -> life("cuda:0"));
        assertTrue(injections.size() > 500, () -> "only " + injections.size());
        for (var injection : injections) {
            simulator.start(SimulatedGpu.A100);
            simulator.fail(injection.call, injection.status);
            var outcome = "no error";
            try {
                life("cuda:0");
            } catch (AvocetException e) {
                outcome = e.toString();
            } catch (RuntimeException | Error e) {
                wrong.add(injection.function + " gave " + e);
            }
            if (simulator.open() != 0) {
                wrong.add(injection.function + " left handles, after " + outcome);
            }
            for (var defect : simulator.defects()) {
                wrong.add(injection.function + ": " + defect + ", after " + outcome);
            }
        }
        simulator.start(SimulatedGpu.A100);
        assertEquals("", String.join("\n", wrong));
        assertEquals(2, life("cuda:0").size());
    }

    @Test
    void whereTheGpuFailsAsItIsOpenedTheCpuComputes() {
        var expected = life("cpu");
        for (var injection : injections(() -> Device.firstOf("cuda:0").close())) {
            simulator.start(SimulatedGpu.A100);
            simulator.fail(injection.call, injection.status);
            var device = Device.firstOf("cuda:0", "cpu");
            if (device.name().equals("cpu")) {
                assertEquals(0, simulator.open(), injection::toString);
                assertEquals(List.of(), simulator.defects(), injection::toString);
            }
            simulator.fail(0, 0);
            device.close();
        }
        var found = life("cpu");
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), found.get(i));
        }
    }
}
