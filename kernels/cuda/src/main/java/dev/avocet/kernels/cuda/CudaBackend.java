// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Backend;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Compiler;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.core.backend.Precision;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One GPU: its context, NVIDIA's libraries in it, and the slots that calls borrow. */
final class CudaBackend implements Backend {
    /** More slots than this only share what one saturates. */
    private static final int MOST_SLOTS = 4;

    private final CudaContext context;
    private final Libraries libraries;
    private final Slots slots;
    private final ExecutorService platformThreads;

    private CudaBackend(CudaContext context, Libraries libraries, Slots slots) {
        this.context = context;
        this.libraries = libraries;
        this.slots = slots;
        this.platformThreads = Executors.newFixedThreadPool(slots.count(),
                Thread.ofPlatform().daemon().name("avocet-cuda-", 0).factory());
    }

    /** Opens a GPU; frees everything again where something is missing. */
    static CudaBackend open(Driver driver, Gpu gpu, DeviceOptions options, DiskCache cache) {
        var context = new CudaContext(driver, gpu);
        try {
            return context.in(() -> {
                var libraries = Libraries.open(driver, gpu, cache);
                try {
                    var slots = new Slots(driver, Math.min(options.slots(), MOST_SLOTS));
                    return new CudaBackend(context, libraries, slots);
                } catch (RuntimeException | Error e) {
                    Release.after(e, libraries::close);
                    throw e;
                }
            });
        } catch (RuntimeException | Error e) {
            Release.after(e, context::close);
            throw e;
        }
    }

    CudaContext context() {
        return context;
    }

    Driver driver() {
        return context.driver();
    }

    /** NVIDIA's libraries, and the lock for their use. */
    Libraries libraries() {
        return libraries;
    }

    Slots slots() {
        return slots;
    }

    /** Runs a call on a thread that may block in native code; the calling virtual thread gives its carrier free. */
    void onPlatformThread(Runnable call) {
        try {
            CompletableFuture.runAsync(call, platformThreads).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                default -> throw e;
            }
        }
    }

    @Override
    public String description() {
        var gpu = context.gpu();
        return "cuda:" + gpu.ordinal() + ": " + gpu + ", " + slots.count() + (slots.count() == 1 ? " slot" : " slots");
    }

    /** By the number of its cores and their clock; nothing is measured. */
    @Override
    public OptionalDouble peakFlops() {
        return OptionalDouble.of(context.gpu().peakFlops());
    }

    @Override
    public Compiler newCompiler(Precision precision) {
        if (!context.gpu().has(precision)) {
            throw new BackendUnavailable(context.gpu() + " does not have " + precision.name().toLowerCase(Locale.ROOT)
                    + ", which needs compute capability 8.0; ask for f16 or f32");
        }
        return new CudaCompiler(this, precision);
    }

    @Override
    public void close() {
        platformThreads.shutdown();
        Release.all(() -> context.free(() -> Release.all(slots::close, this::closeLibraries)), context::close);
    }

    private void closeLibraries() {
        synchronized (libraries) {
            libraries.close();
        }
    }
}
