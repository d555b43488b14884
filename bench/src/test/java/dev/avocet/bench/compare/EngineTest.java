// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.bench.worker.CountingWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
    @TempDir
    private Path folder;

    private Engine start(String model, int processes) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Engine.start("counter", Collections.nCopies(processes, List.of(java, "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), CountingWorker.class.getName(), model, "inputs", "output", "1")),
                folder);
    }

    @Test
    void anEngineRunsWhenItIsAskedAndHandsOverItsLastResult() throws IOException {
        try (var engine = start("count", 1)) {
            assertEquals("counter 1.0", engine.version());
            assertTrue(engine.startNanos() > 0);
            assertTrue(engine.run(1) > 0);
            engine.run(2);
            assertArrayEquals(new float[] {3}, engine.output(folder));
        }
        try (var left = Files.list(folder)) {
            assertEquals(List.of("counter.0.log"), left.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void theProcessesOfAnEngineShareTheRequests() throws IOException {
        try (var engine = start("count", 2)) {
            assertEquals("2 processes of counter 1.0", engine.version());
            engine.run(5);
            assertArrayEquals(new float[] {2}, engine.output(folder));
        }
    }

    @Test
    void anEngineThatCannotLoadItsModelIsReportedInItsOwnWords() {
        var error = assertThrows(IOException.class, () -> start("refuse", 1));
        assertTrue(error.getMessage().contains("this model is not supported"), error.getMessage());
    }

    @Test
    void anEngineThatDiesWhileItRunsIsReportedInItsOwnWords() throws IOException {
        try (var engine = start("break", 1)) {
            var error = assertThrows(IOException.class, () -> engine.run(1));
            assertTrue(error.getMessage().contains("out of order"), error.getMessage());
        }
    }

    @Test
    void aProgramThatIsNotThereIsAnError() {
        var missing = List.of(List.of(folder.resolve("missing").toString()));
        assertThrows(IOException.class, () -> Engine.start("missing", missing, folder));
    }
}
