// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.avocet.core.backend.DeviceFailure;
import dev.avocet.core.backend.DeviceOutOfMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * The functions of the CUDA driver that the backend calls (CUDA Driver API reference, version 12); every status is
 * checked in {@link #check}. Handles and device addresses are longs.
 */
final class Driver {
    private static final int OUT_OF_MEMORY = 2;
    private static final int CAPTURE_THIS_THREAD_ONLY = 1;
    private static final int STREAM_NON_BLOCKING = 1;
    private static final int EVENT_DEFAULT = 0;
    private static final int PARAMETERS_AT = 1;
    private static final int PARAMETERS_SIZE = 2;

    /** Attributes of a device, as the driver numbers them. */
    enum Attribute {
        CLOCK_KILOHERTZ(13),
        MULTIPROCESSORS(16),
        MAJOR(75),
        MINOR(76),
        SHARED_MEMORY_OPT_IN(97);

        private final int number;

        Attribute(int number) {
            this.number = number;
        }
    }

    /** How many threads a kernel is launched with, and the shared memory of each block in bytes. */
    record Grid(int x, int y, int z, int threadsX, int threadsY, int sharedBytes) {}

    private final MethodHandle init;
    private final MethodHandle driverVersion;
    private final MethodHandle deviceCount;
    private final MethodHandle deviceGet;
    private final MethodHandle deviceName;
    private final MethodHandle deviceAttribute;
    private final MethodHandle retainContext;
    private final MethodHandle releaseContext;
    private final MethodHandle pushContext;
    private final MethodHandle popContext;
    private final MethodHandle memoryInfo;
    private final MethodHandle allocate;
    private final MethodHandle free;
    private final MethodHandle allocatePinned;
    private final MethodHandle freePinned;
    private final MethodHandle copyIn;
    private final MethodHandle copyInLater;
    private final MethodHandle copyOutLater;
    private final MethodHandle createStream;
    private final MethodHandle destroyStream;
    private final MethodHandle synchronize;
    private final MethodHandle beginCapture;
    private final MethodHandle endCapture;
    private final MethodHandle instantiate;
    private final MethodHandle launchGraph;
    private final MethodHandle graphNodes;
    private final MethodHandle destroyGraph;
    private final MethodHandle destroyExecutable;
    private final MethodHandle createEvent;
    private final MethodHandle recordEvent;
    private final MethodHandle elapsed;
    private final MethodHandle destroyEvent;
    private final MethodHandle loadModule;
    private final MethodHandle unloadModule;
    private final MethodHandle moduleFunction;
    private final MethodHandle functionAttribute;
    private final MethodHandle launchKernel;
    private final MethodHandle errorName;
    private final MethodHandle errorText;

    /** Binds the machine's driver. */
    Driver() {
        var library = SharedLibrary.open(List.of("libcuda.so.1"), List.of("nvcuda.dll"),
                "install NVIDIA's driver, version " + CudaBackendProvider.oldestDriver()
                        + " or newer, and in a container run it with --gpus all");
        init = library.function("cuInit", JAVA_INT);
        driverVersion = library.function("cuDriverGetVersion", ADDRESS);
        deviceCount = library.function("cuDeviceGetCount", ADDRESS);
        deviceGet = library.function("cuDeviceGet", ADDRESS, JAVA_INT);
        deviceName = library.function("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT);
        deviceAttribute = library.function("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
        retainContext = library.function("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
        releaseContext = library.function("cuDevicePrimaryCtxRelease_v2", JAVA_INT);
        pushContext = library.function("cuCtxPushCurrent_v2", JAVA_LONG);
        popContext = library.function("cuCtxPopCurrent_v2", ADDRESS);
        memoryInfo = library.function("cuMemGetInfo_v2", ADDRESS, ADDRESS);
        allocate = library.function("cuMemAlloc_v2", ADDRESS, JAVA_LONG);
        free = library.function("cuMemFree_v2", JAVA_LONG);
        allocatePinned = library.function("cuMemHostAlloc", ADDRESS, JAVA_LONG, JAVA_INT);
        freePinned = library.function("cuMemFreeHost", ADDRESS);
        copyIn = library.function("cuMemcpyHtoD_v2", JAVA_LONG, ADDRESS, JAVA_LONG);
        copyInLater = library.function("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
        copyOutLater = library.function("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        createStream = library.function("cuStreamCreate", ADDRESS, JAVA_INT);
        destroyStream = library.function("cuStreamDestroy_v2", JAVA_LONG);
        synchronize = library.function("cuStreamSynchronize", JAVA_LONG);
        beginCapture = library.function("cuStreamBeginCapture_v2", JAVA_LONG, JAVA_INT);
        endCapture = library.function("cuStreamEndCapture", JAVA_LONG, ADDRESS);
        instantiate = library.function("cuGraphInstantiateWithFlags", ADDRESS, JAVA_LONG, JAVA_LONG);
        launchGraph = library.function("cuGraphLaunch", JAVA_LONG, JAVA_LONG);
        graphNodes = library.function("cuGraphGetNodes", JAVA_LONG, ADDRESS, ADDRESS);
        destroyGraph = library.function("cuGraphDestroy", JAVA_LONG);
        destroyExecutable = library.function("cuGraphExecDestroy", JAVA_LONG);
        createEvent = library.function("cuEventCreate", ADDRESS, JAVA_INT);
        recordEvent = library.function("cuEventRecord", JAVA_LONG, JAVA_LONG);
        elapsed = library.function("cuEventElapsedTime", ADDRESS, JAVA_LONG, JAVA_LONG);
        destroyEvent = library.function("cuEventDestroy_v2", JAVA_LONG);
        loadModule = library.function("cuModuleLoadData", ADDRESS, ADDRESS);
        unloadModule = library.function("cuModuleUnload", JAVA_LONG);
        moduleFunction = library.function("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS);
        functionAttribute = library.function("cuFuncSetAttribute", JAVA_LONG, JAVA_INT, JAVA_INT);
        launchKernel = library.function("cuLaunchKernel", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
        errorName = library.function("cuGetErrorName", JAVA_INT, ADDRESS);
        errorText = library.function("cuGetErrorString", JAVA_INT, ADDRESS);
    }

    private void check(String function, Call call) {
        check(function, Call.status(call));
    }

    private void check(String function, int status) {
        if (status != 0) {
            throw failure(function, status);
        }
    }

    /** What a status says, as an exception. */
    private DeviceFailure failure(String function, int status) {
        return new DeviceFailure(function, status, text(errorName, status) + ", " + text(errorText, status));
    }

    private static String text(MethodHandle function, int status) {
        try (var arena = Arena.ofConfined()) {
            var place = arena.allocate(ADDRESS);
            if (Call.status(() -> (int) function.invokeExact(status, place)) != 0) {
                return "an unknown status";
            }
            return place.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
        }
    }

    /** Runs a call that writes one handle, address or number. */
    private long written(String function, Call.Writing call) {
        try (var arena = Arena.ofConfined()) {
            var place = arena.allocate(JAVA_LONG);
            check(function, () -> call.run(place));
            return place.get(JAVA_LONG, 0);
        }
    }

    /** Starts the driver; a status, because a machine without a GPU is nothing unexpected. */
    int init() {
        return Call.status(() -> (int) init.invokeExact(0));
    }

    /** A status of {@link #init} in words. */
    String describe(int status) {
        return failure("cuInit", status).getMessage();
    }

    /** The newest CUDA that the driver knows: 12020 is 12.2. */
    int version() {
        return (int) written("cuDriverGetVersion", place -> (int) driverVersion.invokeExact(place));
    }

    int deviceCount() {
        return (int) written("cuDeviceGetCount", place -> (int) deviceCount.invokeExact(place));
    }

    int device(int ordinal) {
        return (int) written("cuDeviceGet", place -> (int) deviceGet.invokeExact(place, ordinal));
    }

    String deviceName(int device) {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocate(256);
            check("cuDeviceGetName", () -> (int) deviceName.invokeExact(name, 256, device));
            return name.getString(0);
        }
    }

    int attribute(Attribute attribute, int device) {
        return (int) written("cuDeviceGetAttribute",
                place -> (int) deviceAttribute.invokeExact(place, attribute.number, device));
    }

    /** The context that CUDA's own libraries use too. */
    long retainContext(int device) {
        return written("cuDevicePrimaryCtxRetain", place -> (int) retainContext.invokeExact(place, device));
    }

    void releaseContext(int device) {
        check("cuDevicePrimaryCtxRelease", () -> (int) releaseContext.invokeExact(device));
    }

    /** Makes a context the calling thread's, until {@link #popContext}. */
    void pushContext(long context) {
        try {
            check("cuCtxPushCurrent", (int) pushContext.invokeExact(context));
        } catch (Throwable e) {
            throw Call.unchecked(e);
        }
    }

    /**
     * Gives the calling thread back the context that it had. Nothing depends on its status: what fails here failed
     * earlier, and the next call says so again.
     */
    void popContext(MemorySegment place) {
        try {
            var _ = (int) popContext.invokeExact(place);
        } catch (Throwable e) {
            throw Call.unchecked(e);
        }
    }

    /** The bytes of device memory that are free. */
    long freeBytes() {
        try (var arena = Arena.ofConfined()) {
            var free = arena.allocate(JAVA_LONG);
            var total = arena.allocate(JAVA_LONG);
            check("cuMemGetInfo", () -> (int) memoryInfo.invokeExact(free, total));
            return free.get(JAVA_LONG, 0);
        }
    }

    /** Device memory at an address of the GPU's; throws {@link DeviceOutOfMemory} with the remedy. */
    long allocate(long bytes, String what) {
        return allocated(bytes, "device memory for " + what,
                place -> (int) allocate.invokeExact(place, bytes));
    }

    private long allocated(long bytes, String what, Call.Writing call) {
        try {
            return written("cuMemAlloc", call);
        } catch (DeviceFailure failure) {
            if (failure.code() == OUT_OF_MEMORY) {
                throw new DeviceOutOfMemory(what, bytes, "use f16 or bf16, fewer slots, smaller batches, another GPU, "
                        + "or the CPU");
            }
            throw failure;
        }
    }

    void free(long address) {
        check("cuMemFree", () -> (int) free.invokeExact(address));
    }

    /** Memory of the host that the GPU reads and writes by itself. */
    MemorySegment allocatePinned(long bytes) {
        long address = allocated(bytes, "pinned memory of the host",
                place -> (int) allocatePinned.invokeExact(place, bytes, 0));
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    void freePinned(MemorySegment memory) {
        check("cuMemFreeHost", () -> (int) freePinned.invokeExact(memory));
    }

    /** Copies native memory to the device, and returns when it is there. */
    void copyIn(long to, MemorySegment from) {
        check("cuMemcpyHtoD", () -> (int) copyIn.invokeExact(to, from, from.byteSize()));
    }

    /** Copies pinned memory to the device, in a stream's order. */
    void copyIn(long to, MemorySegment from, long stream) {
        check("cuMemcpyHtoDAsync", () -> (int) copyInLater.invokeExact(to, from, from.byteSize(), stream));
    }

    /** Copies from the device to pinned memory, in a stream's order. */
    void copyOut(MemorySegment to, long from, long stream) {
        check("cuMemcpyDtoHAsync", () -> (int) copyOutLater.invokeExact(to, from, to.byteSize(), stream));
    }

    long createStream() {
        return written("cuStreamCreate", place -> (int) createStream.invokeExact(place, STREAM_NON_BLOCKING));
    }

    void destroyStream(long stream) {
        check("cuStreamDestroy", () -> (int) destroyStream.invokeExact(stream));
    }

    /** Waits until everything in a stream is done. */
    void synchronize(long stream) {
        try {
            check("cuStreamSynchronize", (int) synchronize.invokeExact(stream));
        } catch (Throwable e) {
            throw Call.unchecked(e);
        }
    }

    /** What follows in the stream is written down instead of run. */
    void beginCapture(long stream) {
        check("cuStreamBeginCapture", () -> (int) beginCapture.invokeExact(stream, CAPTURE_THIS_THREAD_ONLY));
    }

    /** The graph written down. */
    long endCapture(long stream) {
        return written("cuStreamEndCapture", place -> (int) endCapture.invokeExact(stream, place));
    }

    /** Ends a capture that went wrong, so that the stream can be used again. */
    void abandonCapture(long stream) {
        try (var arena = Arena.ofConfined()) {
            var place = arena.allocate(JAVA_LONG);
            if (Call.status(() -> (int) endCapture.invokeExact(stream, place)) == 0 && place.get(JAVA_LONG, 0) != 0) {
                destroyGraph(place.get(JAVA_LONG, 0));
            }
        }
    }

    /** A graph made ready to launch. */
    long instantiate(long graph) {
        return written("cuGraphInstantiate", place -> (int) instantiate.invokeExact(place, graph, 0L));
    }

    void launchGraph(long executable, long stream) {
        try {
            check("cuGraphLaunch", (int) launchGraph.invokeExact(executable, stream));
        } catch (Throwable e) {
            throw Call.unchecked(e);
        }
    }

    /** How many kernels and copies a graph has. */
    long graphNodes(long graph) {
        return written("cuGraphGetNodes", place -> (int) graphNodes.invokeExact(graph, MemorySegment.NULL, place));
    }

    void destroyGraph(long graph) {
        check("cuGraphDestroy", () -> (int) destroyGraph.invokeExact(graph));
    }

    void destroyExecutable(long executable) {
        check("cuGraphExecDestroy", () -> (int) destroyExecutable.invokeExact(executable));
    }

    long createEvent() {
        return written("cuEventCreate", place -> (int) createEvent.invokeExact(place, EVENT_DEFAULT));
    }

    void recordEvent(long event, long stream) {
        check("cuEventRecord", () -> (int) recordEvent.invokeExact(event, stream));
    }

    /** The time between two events that are over. */
    long elapsedNanos(long from, long to) {
        try (var arena = Arena.ofConfined()) {
            var milliseconds = arena.allocate(JAVA_FLOAT);
            check("cuEventElapsedTime", () -> (int) elapsed.invokeExact(milliseconds, from, to));
            return (long) (milliseconds.get(JAVA_FLOAT, 0) * 1e6);
        }
    }

    void destroyEvent(long event) {
        check("cuEventDestroy", () -> (int) destroyEvent.invokeExact(event));
    }

    /** Loads compiled kernels. */
    long loadModule(byte[] cubin) {
        try (var arena = Arena.ofConfined()) {
            var image = arena.allocate(cubin.length, 16);
            MemorySegment.copy(cubin, 0, image, JAVA_BYTE, 0, cubin.length);
            return written("cuModuleLoadData", place -> (int) loadModule.invokeExact(place, image));
        }
    }

    void unloadModule(long module) {
        check("cuModuleUnload", () -> (int) unloadModule.invokeExact(module));
    }

    long function(long module, String name) {
        try (var arena = Arena.ofConfined()) {
            var text = arena.allocateFrom(name);
            return written("cuModuleGetFunction", place -> (int) moduleFunction.invokeExact(place, module, text));
        }
    }

    /** Lets a kernel have more than 48 KB of dynamic shared memory. */
    void allowSharedMemory(long function, int bytes) {
        check("cuFuncSetAttribute", () -> (int) functionAttribute.invokeExact(function, 8, bytes));
    }

    /** Launches a kernel whose arguments are packed as C packs a structure of them. */
    void launch(long function, Grid grid, MemorySegment arguments, long stream) {
        try (var arena = Arena.ofConfined()) {
            var extra = arena.allocate(5 * ADDRESS.byteSize(), ADDRESS.byteAlignment());
            extra.setAtIndex(JAVA_LONG, 0, PARAMETERS_AT);
            extra.setAtIndex(ADDRESS, 1, arguments);
            extra.setAtIndex(JAVA_LONG, 2, PARAMETERS_SIZE);
            extra.setAtIndex(ADDRESS, 3, arena.allocateFrom(JAVA_LONG, arguments.byteSize()));
            check("cuLaunchKernel", () -> (int) launchKernel.invokeExact(function, grid.x(), grid.y(), grid.z(),
                    grid.threadsX(), grid.threadsY(), 1, grid.sharedBytes(), stream, MemorySegment.NULL, extra));
        }
    }
}
