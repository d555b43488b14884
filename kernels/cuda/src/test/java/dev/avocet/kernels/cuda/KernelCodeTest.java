// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the CUDA sources promise by themselves, run on a processor and not on a GPU; mostly a compiler at work. */
@Execution(ExecutionMode.CONCURRENT)
class KernelCodeTest {
    private static final Path SCRIPT = Path.of("src/test/cpp/check.sh").toAbsolutePath();
    private static final int CANNOT = 77;

    @TempDir
    private static Path work;

    @BeforeAll
    static void buildWhatAllNeed() throws Exception {
        check("SHIM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F32", "F16", "BF16"})
    void everyKernelGivesTheRightResultAndTouchesNothingElse(String storage) throws Exception {
        check(storage);
    }

    @Test
    void defectsOfKernelsAreFound() throws Exception {
        check("DEFECTS");
    }

    @Test
    void theSimulatedGraphsGiveWhatPlainSumsGive() throws Exception {
        check("GRAPHS");
    }

    private static void check(String mode) throws IOException, InterruptedException {
        var process = new ProcessBuilder("/bin/sh", SCRIPT.toString(), work.toString(), mode).redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        assumeTrue(code != CANNOT, said);
        assertEquals(0, code, said);
    }
}
