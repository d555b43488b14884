// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.BackendUnavailable;

/**
 * NVIDIA's libraries and the own kernels on one GPU. They are used by one thread at a time, which holds the lock of this
 * object; not on the path of an inference.
 */
final class Libraries implements AutoCloseable {
    /** The oldest cuDNN whose graphs these are. */
    private static final long OLDEST_DNN = 90_800;

    private final KernelLibrary kernels;
    private final Blas blas;
    private final Dnn dnn;

    private Libraries(KernelLibrary kernels, Blas blas, Dnn dnn) {
        this.kernels = kernels;
        this.blas = blas;
        this.dnn = dnn;
    }

    /** Opens them in the calling thread's context; throws {@link BackendUnavailable} where one is missing or too old. */
    static Libraries open(Driver driver, Gpu gpu, DiskCache cache) {
        var compiler = new Nvrtc();
        JavaCpp.configure();
        Blas blas = null;
        try {
            var tuner = new Tuner(driver);
            blas = new Blas(gpu, cache, tuner);
            if (Dnn.version() < OLDEST_DNN) {
                throw new BackendUnavailable("cuDNN " + text(Dnn.version()) + " is too old; install "
                        + text(OLDEST_DNN) + " or newer");
            }
            return new Libraries(new KernelLibrary(driver, compiler, cache, gpu), blas, Dnn.here(gpu, cache, tuner));
        } catch (LinkageError e) {
            throw new BackendUnavailable("cuBLAS 12 and cuDNN 9 could not be loaded: " + reason(e)
                    + "; install them (libcublas-12-9, libcudnn9-cuda-12) where the system finds its libraries", e);
        } catch (RuntimeException e) {
            if (blas != null) {
                Release.after(e, blas::close);
            }
            throw e;
        }
    }

    static String text(long version) {
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
    }

    /** The library that is missing, as far as anybody says. */
    private static String reason(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }

    Lowering.Toolbox toolbox(Driver driver, Gpu gpu) {
        return new Lowering.Toolbox(driver, kernels, blas, dnn, gpu);
    }

    @Override
    public void close() {
        Release.all(dnn::close, blas::close, kernels::close);
    }
}
