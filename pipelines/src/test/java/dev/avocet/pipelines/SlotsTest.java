// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.InterruptedCallException;
import dev.avocet.core.OverloadedException;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens to a call that finds all slots of its device in use. */
@Timeout(120)
class SlotsTest {
    static List<String> devices() {
        return TestDevices.names();
    }

    /** A device with one slot, and a call in it that goes on until it is told to end. */
    private static final class Busy implements AutoCloseable {
        private final Device device;
        private final Align align;
        private final Session session;
        private final Thread caller;
        private volatile boolean ended;
        private volatile boolean begun;

        Busy(String deviceName, int maxWaiting) {
            device = Device.firstOf(DeviceOptions.ofThreads(1).withMaxWaiting(maxWaiting), deviceName);
            align = Align.load(Bundled.TINY_ALIGN, device);
            session = Session.open("busy", (ops, inputs) -> {
                var x = ops.input("x", DType.F32, inputs.get("x"));
                return Map.of("y", ops.matmul(x, x));
            }, device);
            int size = 256;
            var x = HostTensor.zeros(DType.F32, Shape.of(size, size));
            var y = HostTensor.zeros(DType.F32, Shape.of(size, size));
            var plan = session.plan(Map.of("x", x.shape()), List.of("y"));
            caller = Thread.ofPlatform().start(() -> {
                while (!ended) {
                    try {
                        session.run(plan, List.of(x), List.of(y));
                        begun = true;
                    } catch (OverloadedException _) {
                        Thread.onSpinWait(); // the test's call had the slot
                    }
                }
            });
            while (!begun) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void close() {
            ended = true;
            try {
                caller.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            session.close();
            align.close();
            device.close();
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void byChoiceItIsRefusedAtOnce(String deviceName) {
        try (var busy = new Busy(deviceName, 0)) {
            OverloadedException refusal = null;
            while (refusal == null) { // between two runs the slot is free for a moment
                try {
                    busy.align.embed("a cat");
                } catch (OverloadedException e) {
                    refusal = e;
                }
            }
            assertTrue(refusal.getMessage().startsWith("all slots of device " + deviceName + " are in use"));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void otherwiseItWaitsForItsTurn(String deviceName) {
        try (var busy = new Busy(deviceName, Integer.MAX_VALUE);
                var idle = Device.firstOf(deviceName);
                var other = Align.load(Bundled.TINY_ALIGN, idle)) {
            assertArrayEquals(other.embed("a cat"), busy.align.embed("a cat"));
        }
    }

    @Test
    void anInterruptEndsTheWaitAndNothingIsComputed() throws InterruptedException {
        try (var busy = new Busy(TestDevices.fastest(), Integer.MAX_VALUE)) {
            for (var kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
                var outcome = new AtomicReference<Object>();
                while (!(outcome.get() instanceof InterruptedCallException)) { // else it had a slot before it had to wait
                    var thread = kind.start(() -> {
                        Thread.currentThread().interrupt();
                        try {
                            outcome.set(busy.align.embed("a cat"));
                        } catch (RuntimeException e) {
                            outcome.set(Thread.currentThread().isInterrupted() ? e : "the interrupt status is lost");
                        }
                    });
                    thread.join();
                    assertTrue(outcome.get() instanceof float[] || outcome.get() instanceof InterruptedCallException,
                            () -> String.valueOf(outcome.get()));
                }
                assertInstanceOf(InterruptedException.class, ((Exception) outcome.get()).getCause());
            }
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> DeviceOptions.defaults().withMaxWaiting(-1));
        assertEquals(Integer.MAX_VALUE, DeviceOptions.defaults().maxWaiting());
    }
}
