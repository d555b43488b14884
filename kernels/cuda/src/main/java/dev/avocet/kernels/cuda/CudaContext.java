// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.DeviceFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A GPU's context, the one that CUDA's own libraries use too. Every use of the driver happens within; a thread has its
 * former context back afterwards, so other users of CUDA in the process notice nothing.
 */
final class CudaContext implements AutoCloseable {
    /** After these the driver refuses everything else in the context (CUDA Driver API, {@code CUresult}). */
    private static final Set<Integer> LOST =
            Set.of(46, 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 720, 721, 999);

    private final Driver driver;
    private final Gpu gpu;
    private final long context;
    private volatile DeviceFailure lost;

    CudaContext(Driver driver, Gpu gpu) {
        this.driver = driver;
        this.gpu = gpu;
        this.context = driver.retainContext(gpu.handle());
    }

    Driver driver() {
        return driver;
    }

    Gpu gpu() {
        return gpu;
    }

    /** Whether a failure has left the device unusable. */
    boolean isLost() {
        return lost != null;
    }

    /** Runs something within; not on the path of an inference. */
    <T> T in(Supplier<T> work) {
        try (var arena = Arena.ofConfined()) {
            var place = arena.allocate(ValueLayout.JAVA_LONG);
            enter();
            try {
                return work.get();
            } catch (DeviceFailure failure) {
                throw noted(failure);
            } finally {
                leave(place);
            }
        }
    }

    /** Runs something within. */
    void run(Runnable work) {
        in(() -> {
            work.run();
            return null;
        });
    }

    /** Makes it the calling thread's, until {@link #leave}; throws where the device can't be used any more. */
    void enter() {
        if (lost != null) {
            throw DeviceFailure.lost("cuda:" + gpu.ordinal(), lost);
        }
        try {
            driver.pushContext(context);
        } catch (DeviceFailure failure) {
            throw noted(failure);
        }
    }

    /** Gives the calling thread back what it had. */
    void leave(MemorySegment place) {
        driver.popContext(place);
    }

    /** Remembers a failure after which nothing else can succeed; the failure. */
    DeviceFailure noted(DeviceFailure failure) {
        if (failure.function().startsWith("cu") && !failure.function().startsWith("cud")
                && LOST.contains(failure.code()) && lost == null) {
            lost = failure;
        }
        return failure;
    }

    /** Frees what the device holds; where it is lost, the driver frees it with the context. */
    void free(Runnable work) {
        if (lost == null) {
            run(work);
        }
    }

    @Override
    public void close() {
        driver.releaseContext(gpu.handle());
    }
}
