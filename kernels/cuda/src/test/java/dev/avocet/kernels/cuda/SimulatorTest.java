// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.DeviceFailure;
import dev.avocet.core.backend.DeviceOutOfMemory;
import dev.avocet.core.backend.Precision;
import dev.avocet.kernels.cuda.Driver.Grid;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the simulated machine finds what would go wrong on a true one, and would not always be noticed there. */
@Simulated
class SimulatorTest {
    private static final int INVALID_VALUE = 1;
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int CAPTURE_UNSUPPORTED = 900;
    private static final int CAPTURE_INVALIDATED = 901;

    private final Simulator simulator = Simulator.get();
    private final Driver driver = new Driver();

    @BeforeEach
    void startAnew() {
        simulator.start(SimulatedGpu.A100);
    }

    /** Runs something in a context, which is given back whatever happens; what the simulation found wrong. */
    private List<String> inContext(Runnable work) {
        driver.init();
        try (var context = new CudaContext(driver, Gpu.of(driver, 0))) {
            context.run(work);
        }
        return simulator.defects();
    }

    private static void assertFails(int code, Runnable call) {
        assertEquals(code, assertThrows(DeviceFailure.class, call::run).code());
    }

    @Test
    void whatIsRightIsNoDefect() {
        assertEquals(List.of(), inContext(() -> {
            long stream = driver.createStream();
            long memory = driver.allocate(64, "numbers");
            var pinned = driver.allocatePinned(64);
            pinned.set(ValueLayout.JAVA_INT, 0, 5);
            driver.copyIn(memory, pinned, stream);
            driver.copyOut(pinned.asSlice(4, 4), memory, stream);
            driver.synchronize(stream);
            assertEquals(5, pinned.get(ValueLayout.JAVA_INT, 4));
            driver.freePinned(pinned);
            driver.free(memory);
            driver.destroyStream(stream);
        }));
        assertEquals(0, simulator.open());
    }

    @Test
    void aHostThatTouchesDeviceMemoryGetsAnErrorAndGoesOn() {
        inContext(() -> {
            long memory = driver.allocate(64, "numbers");
            var mistaken = MemorySegment.ofAddress(memory).reinterpret(64);
            assertThrows(InternalError.class, () -> mistaken.get(ValueLayout.JAVA_INT, 0));
            assertThrows(InternalError.class, () -> MemorySegment.copy(mistaken, 0, MemorySegment.ofArray(new byte[64]),
                    0, 64));
            driver.free(memory);
        });
    }

    @Test
    void whatIsNotFreedIsReportedWhenTheContextEnds() {
        var defects = inContext(() -> {
            driver.allocate(64, "numbers");
            driver.allocatePinned(32);
            driver.createStream();
            driver.createEvent();
        });
        assertEquals(List.of("a event was not freed before its context", "a stream was not freed before its context",
                "device memory of 64 bytes was not freed", "pinned memory of 32 bytes was not freed"),
                defects.stream().sorted().toList());
    }

    @Test
    void memoryThatIsFreedTwiceIsReported() {
        var defects = inContext(() -> {
            long memory = driver.allocate(64, "numbers");
            driver.free(memory);
            assertFails(INVALID_VALUE, () -> driver.free(memory));
        });
        assertEquals(List.of("device memory was freed that is not there"), defects);
    }

    @Test
    void aCopyBeyondAnAllocationIsRefused() {
        inContext(() -> {
            long memory = driver.allocate(64, "numbers");
            try (var arena = Arena.ofConfined()) {
                assertFails(INVALID_VALUE, () -> driver.copyIn(memory + 1, arena.allocate(64)));
            }
            driver.free(memory);
        });
    }

    @Test
    void workThatReachesFreedMemoryLosesTheDevice() {
        var defects = inContext(() -> {
            long stream = driver.createStream();
            long memory = driver.allocate(64, "numbers");
            var pinned = driver.allocatePinned(64);
            driver.beginCapture(stream);
            driver.copyIn(memory, pinned, stream);
            long graph = driver.endCapture(stream);
            long executable = driver.instantiate(graph);
            driver.free(memory);
            assertFails(ILLEGAL_ADDRESS, () -> {
                driver.launchGraph(executable, stream);
                driver.synchronize(stream);
            });
            assertFails(ILLEGAL_ADDRESS, () -> driver.createStream());
        });
        assertEquals(List.of("the device reads or writes 64 bytes of memory that was freed"), defects);
    }

    @Test
    void aCopyInAStreamIsOfPinnedMemoryOnly() {
        var defects = inContext(() -> {
            long stream = driver.createStream();
            long memory = driver.allocate(64, "numbers");
            try (var arena = Arena.ofConfined()) {
                assertFails(ILLEGAL_ADDRESS, () -> {
                    driver.copyIn(memory, arena.allocate(64), stream);
                    driver.synchronize(stream);
                });
            }
        });
        assertEquals(List.of("a copy in a stream is from memory that is not pinned"), defects);
    }

    @Test
    void aCaptureAllowsNoAllocationAndNoWaiting() {
        inContext(() -> {
            long stream = driver.createStream();
            for (Runnable forbidden : List.<Runnable>of(() -> driver.allocate(64, "numbers"),
                    () -> driver.synchronize(stream))) {
                driver.beginCapture(stream);
                assertFails(CAPTURE_UNSUPPORTED, forbidden);
                assertFails(CAPTURE_INVALIDATED, () -> driver.endCapture(stream));
            }
            driver.destroyStream(stream);
        });
    }

    @Test
    void memoryEndsWhereTheDeviceHasNoMore() {
        simulator.start(SimulatedGpu.A100, 100, 1);
        inContext(() -> {
            long memory = driver.allocate(64, "numbers");
            assertThrows(DeviceOutOfMemory.class, () -> driver.allocate(64, "more numbers"));
            driver.free(memory);
        });
    }

    /** What is read where nothing says that it was written before, over several orders of the work. */
    private List<Integer> readings(boolean waits) {
        var seen = new HashSet<Integer>();
        for (int seed = 1; seed <= 20; seed++) {
            simulator.start(SimulatedGpu.A100, 1 << 20, seed);
            inContext(() -> {
                long writer = driver.createStream();
                long reader = driver.createStream();
                long memory = driver.allocate(4, "a number");
                var pinned = driver.allocatePinned(8);
                pinned.set(ValueLayout.JAVA_INT, 0, 7);
                driver.copyIn(memory, pinned.asSlice(0, 4), writer);
                if (waits) {
                    driver.synchronize(writer);
                }
                driver.copyOut(pinned.asSlice(4, 4), memory, reader);
                driver.synchronize(reader);
                seen.add(pinned.get(ValueLayout.JAVA_INT, 4));
            });
        }
        return seen.stream().sorted().toList();
    }

    @Test
    void aDependencyThatIsMissingShowsInSomeOrder() {
        assertEquals(List.of(7), readings(true));
        assertEquals(List.of(-1, 7), readings(false));
    }

    @Test
    void aHostThatDoesNotWaitOverwritesWhatIsStillToBeRead() {
        var seen = new HashSet<Integer>();
        for (int seed = 1; seed <= 20; seed++) {
            simulator.start(SimulatedGpu.A100, 1 << 20, seed);
            inContext(() -> {
                long stream = driver.createStream();
                long memory = driver.allocate(4, "a number");
                var pinned = driver.allocatePinned(8);
                pinned.set(ValueLayout.JAVA_INT, 0, 7);
                driver.copyIn(memory, pinned.asSlice(0, 4), stream);
                pinned.set(ValueLayout.JAVA_INT, 0, 8);
                driver.copyOut(pinned.asSlice(4, 4), memory, stream);
                driver.synchronize(stream);
                seen.add(pinned.get(ValueLayout.JAVA_INT, 4));
            });
        }
        assertEquals(List.of(7, 8), seen.stream().sorted().toList());
    }

    /** Gives a launch of the kernel that scales one row of 256 floats, with so many bytes of shared memory allowed. */
    private List<String> launched(SimulatedGpu gpu, Grid grid, int sharedAllowed, int missing) {
        simulator.start(gpu);
        return inContext(() -> {
            var compiled = KernelSource.of("elements").compile(new Nvrtc(),
                    KernelSource.options(Precision.F32, Gpu.of(driver, 0).architecture()));
            long module = driver.loadModule(compiled.cubin());
            long function = driver.function(module, "scale");
            if (sharedAllowed > 0) {
                driver.allowSharedMemory(function, sharedAllowed);
            }
            long stream = driver.createStream();
            long memory = driver.allocate(1024, "a row");
            var arguments = new Arguments.Writer().pointer(new Address(false, memory)).number(256)
                    .pointer(new Address(false, memory)).numbers(256, 1, 256).real(2).done();
            try (var arena = Arena.ofConfined()) {
                var packed = arguments.in(0, arena);
                driver.launch(function, grid, packed.asSlice(0, packed.byteSize() - missing), stream);
                driver.synchronize(stream);
            } finally {
                driver.free(memory);
                driver.destroyStream(stream);
                driver.unloadModule(module);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aLaunchWithinTheLimitsOfTheDeviceRuns(SimulatedGpu gpu) {
        assertEquals(List.of(), launched(gpu, new Grid(1, 1, 1, 256, 1, 64 << 10), 64 << 10, 0));
    }

    @Test
    void aLaunchBeyondTheLimitsOfTheDeviceIsRefused() {
        for (var grid : List.of(new Grid(1, 1, 1, 1025, 1, 0), new Grid(1, 65_536, 1, 256, 1, 0),
                new Grid(1, 1, 1, 256, 1, (48 << 10) + 4))) {
            assertFails(INVALID_VALUE, () -> launched(SimulatedGpu.A100, grid, 0, 0));
            assertEquals(1, simulator.defects().size());
        }
        assertFails(INVALID_VALUE, () -> launched(SimulatedGpu.T4, new Grid(1, 1, 1, 256, 1, 0), 65 << 10, 0));
    }

    @Test
    void argumentsThatAreNotThoseOfTheKernelAreRefused() {
        assertFails(INVALID_VALUE, () -> launched(SimulatedGpu.A100, new Grid(1, 1, 1, 256, 1, 0), 0, 4));
        assertEquals(List.of("scale was launched with arguments of 36 bytes, not 40"), simulator.defects());
    }

    @Test
    void aKernelThatWritesBesideItsMemoryIsFound() {
        simulator.start(SimulatedGpu.A100);
        var defects = inContext(() -> {
            var compiled = KernelSource.of("elements").compile(new Nvrtc(),
                    KernelSource.options(Precision.F32, "sm_80"));
            long module = driver.loadModule(compiled.cubin());
            long stream = driver.createStream();
            long memory = driver.allocate(1024, "a row");
            var arguments = new Arguments.Writer().pointer(new Address(false, memory)).number(257)
                    .pointer(new Address(false, memory)).numbers(257, 1, 257).real(2).done();
            try (var arena = Arena.ofConfined()) {
                driver.launch(driver.function(module, "scale"), new Grid(2, 1, 1, 256, 1, 0), arguments.in(0, arena),
                        stream);
            }
            driver.synchronize(stream);
            driver.free(memory);
            driver.destroyStream(stream);
            driver.unloadModule(module);
        });
        assertEquals(List.of("something was written beside an allocation of 1024 bytes"), defects);
    }

    @Test
    void whatIsCompiledForAnotherGpuIsNotLoaded() {
        var defects = inContext(() -> {
            var compiled = KernelSource.of("elements").compile(new Nvrtc(),
                    KernelSource.options(Precision.F32, "sm_90"));
            assertFails(209, () -> driver.loadModule(compiled.cubin()));
        });
        assertTrue(defects.isEmpty(), defects::toString);
    }
}
