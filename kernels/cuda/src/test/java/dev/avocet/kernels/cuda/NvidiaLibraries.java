// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** NVIDIA's own libraries, as far as they can be had where there is no GPU. */
final class NvidiaLibraries {
    private static final String REMEDY = "needs NVIDIA's libraries: mvn verify -Pnvidia -pl kernels/cuda -am";

    private NvidiaLibraries() {}

    /** Loads the compiler for kernels at run time; skips the test where it is not there. */
    static Nvrtc compiler() {
        System.load(library("cuda_nvrtc", "libnvrtc.so.12").toString());
        return new Nvrtc();
    }

    private static Path library(String packageName, String name) {
        var folder = System.getProperty("avocet.nvidia");
        assumeTrue(folder != null, REMEDY);
        var library = Path.of(folder, "nvidia", packageName, "lib", name).toAbsolutePath();
        assumeTrue(Files.exists(library), library + " is not there: " + REMEDY);
        return library;
    }
}
