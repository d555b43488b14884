// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** NVIDIA's own libraries, as far as they can be had where there is no GPU. */
final class NvidiaLibraries {
    private static final String REMEDY = "needs NVIDIA's libraries: mvn verify -Pnvidia -pl kernels/cuda -am";
    /** Whoever needs a library comes after it, so that it is there under its name. */
    private static final List<String> DNN = List.of("driver/libcuda.so.1", "nvidia/cuda_runtime/lib/libcudart.so.12",
            "nvidia/cuda_nvrtc/lib/libnvrtc.so.12", "empty/libcublasLt.so.12", "empty/libcublas.so.12",
            "nvidia/cudnn_jit/lib/libcudnn_graph.so.9", "empty/libcudnn_ops.so.9", "empty/libcudnn_cnn.so.9",
            "empty/libcudnn_adv.so.9", "nvidia/cudnn_jit/lib/libcudnn_engines_runtime_compiled.so.9",
            "nvidia/cudnn_jit/lib/libcudnn.so.9");

    private NvidiaLibraries() {}

    /** Loads the compiler for kernels at run time; skips the test where it is not there. */
    static Nvrtc compiler() {
        load("nvidia/cuda_nvrtc/lib/libnvrtc.so.12");
        return new Nvrtc();
    }

    /** Loads the driver's library, which finds no GPU; skips the test where it is not there. */
    static void driver() {
        load("driver/libcuda.so.1");
    }

    /** Loads cuDNN with all that JavaCPP asks for; skips the test where something is not there. */
    static void dnn() {
        DNN.forEach(NvidiaLibraries::library);
        DNN.forEach(NvidiaLibraries::load);
        JavaCpp.configure();
    }

    private static void load(String library) {
        System.load(library(library).toString());
    }

    private static Path library(String name) {
        var folder = System.getProperty("avocet.nvidia");
        assumeTrue(folder != null, REMEDY);
        var library = Path.of(folder, name).toAbsolutePath();
        assumeTrue(Files.exists(library), library + " is not there: " + REMEDY);
        return library;
    }
}
