// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.nn.TestWeight;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final TestWeight TABLE = new TestWeight("table", Shape.of(2, 2), new float[] {1, 2, 3, 4});

    private static Map<String, Tensor> lookup(Ops ops, Map<String, Shape> inputs) {
        var ids = ops.input("ids", DType.I32, inputs.get("ids"));
        return Map.of("rows", ops.embedding(ids, TABLE));
    }

    @Test
    void aPlanIsMadeOncePerShape() {
        try (var device = Device.firstOf("reference");
                var session = Session.open("table", SessionTest::lookup, device)) {
            var plan = session.plan(Map.of("ids", Shape.of(1)), List.of("rows"));
            assertSame(plan, session.plan(Map.of("ids", Shape.of(1)), List.of("rows")));
            var ids = Map.of("ids", HostTensor.of(Shape.of(2), 1, 0));
            assertArrayEquals(new float[] {3, 4, 1, 2}, session.run(ids, List.of("rows")).get("rows").toFloats());
        }
    }

    @Test
    void anIdOutsideItsTableIsRefusedBeforeAnythingRuns() {
        try (var device = Device.firstOf("reference");
                var session = Session.open("table", SessionTest::lookup, device)) {
            for (int id : new int[] {-1, 2, Integer.MAX_VALUE}) {
                var ids = Map.of("ids", HostTensor.of(Shape.of(2), 0, id));
                var error = assertThrows(ShapeException.class, () -> session.run(ids, List.of("rows")));
                assertEquals("ids: id " + id + " at position 1 is outside 0 to 1, the rows of its table",
                        error.getMessage());
            }
        }
    }

    @Test
    void anUnknownOutputIsNamedWithTheKnownOnes() {
        try (var device = Device.firstOf("reference");
                var session = Session.open("table", SessionTest::lookup, device)) {
            var error = assertThrows(
                    AvocetException.class, () -> session.plan(Map.of("ids", Shape.of(1)), List.of("logits")));
            assertEquals("there is no output \"logits\"; there are [rows]", error.getMessage());
        }
    }

    @Test
    void closingWaitsForCallsInFlightAndRefusesLaterOnes() throws InterruptedException {
        var recording = new CountDownLatch(1);
        var mayGoOn = new CountDownLatch(1);
        Session.Recorder slow = (ops, inputs) -> {
            recording.countDown();
            await(mayGoOn);
            return lookup(ops, inputs);
        };
        try (var device = Device.firstOf("reference")) {
            var session = Session.open("slow", slow, device);
            var ids = Map.of("ids", HostTensor.of(Shape.of(1), 1));
            var result = new float[1][];
            var call = Thread.ofPlatform()
                    .start(() -> result[0] = session.run(ids, List.of("rows")).get("rows").toFloats());
            recording.await();
            var closing = Thread.ofPlatform().start(session::close);
            while (closing.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            var error = assertThrows(IllegalStateException.class, () -> session.run(ids, List.of("rows")));
            assertEquals("slow is closed", error.getMessage());
            assertTrue(call.isAlive());
            mayGoOn.countDown();
            call.join();
            closing.join();
            assertArrayEquals(new float[] {3, 4}, result[0]);
            session.close();
        }
    }

    @Test
    void aDeviceStaysUsableForItsModelsUntilTheLastOneIsClosed() {
        var device = Device.firstOf("reference");
        var session = Session.open("table", SessionTest::lookup, device);
        device.close();
        device.close();
        var ids = Map.of("ids", HostTensor.of(Shape.of(1), 0));
        assertArrayEquals(new float[] {1, 2}, session.run(ids, List.of("rows")).get("rows").toFloats());
        assertThrows(IllegalStateException.class, () -> Session.open("late", SessionTest::lookup, device));
        session.close();
    }

    @Test
    void aDeviceThatCannotBeHadSaysWhatThereIs() {
        var error = assertThrows(BackendUnavailable.class, () -> Device.firstOf("tpu", "npu:1"));
        assertTrue(error.getMessage()
                .startsWith("no device can be used: tpu: there is no backend \"tpu\"; found reference"));
        assertEquals(2, error.getSuppressed().length);
        assertFalse(Device.firstOf("tpu", "reference").description().isEmpty());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
