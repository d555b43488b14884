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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerProcessTest {
    @TempDir
    private Path folder;

    private WorkerProcess start(String model) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return WorkerProcess
                .start(List.of(java, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                        CountingWorker.class.getName(), model, "inputs", "output", "1"), folder.resolve("log"));
    }

    @Test
    void aWorkerRunsWhenItIsAskedAndHandsOverItsLastResult() throws IOException {
        try (var worker = start("count")) {
            assertEquals("counter 1.0", worker.version());
            assertTrue(worker.startNanos() > 0);
            assertTrue(worker.run() > 0);
            worker.run();
            assertArrayEquals(new float[] {2}, worker.output(folder));
        }
        try (var left = Files.list(folder)) {
            assertEquals(List.of("log"), left.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void aWorkerThatCannotLoadItsModelIsReportedInItsOwnWords() {
        var error = assertThrows(IOException.class, () -> start("refuse"));
        assertTrue(error.getMessage().contains("this model is not supported"), error.getMessage());
    }

    @Test
    void aWorkerThatDiesWhileItRunsIsReportedInItsOwnWords() throws IOException {
        try (var worker = start("break")) {
            var error = assertThrows(IOException.class, worker::run);
            assertTrue(error.getMessage().contains("out of order"), error.getMessage());
        }
    }

    @Test
    void aProgramThatIsNotThereIsAnError() {
        var missing = List.of(folder.resolve("missing").toString());
        assertThrows(IOException.class, () -> WorkerProcess.start(missing, folder.resolve("log")));
    }
}
