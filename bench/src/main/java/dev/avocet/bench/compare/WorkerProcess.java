// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.ProcFiles;
import dev.avocet.loader.checkpoint.Checkpoint;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The asking side of a worker: one engine in a process of its own. All times are taken here. */
final class WorkerProcess implements AutoCloseable {
    private static final String READY = "ready ";
    private static final int LOG_LINES = 8;

    private final Process process;
    private final Path log;
    private final BufferedWriter requests;
    private final BufferedReader answers;
    private final long startNanos;
    private final String version;

    private WorkerProcess(Process process, Path log, long started) throws IOException {
        this.process = process;
        this.log = log;
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        var answer = answers.readLine();
        this.startNanos = System.nanoTime() - started;
        if (answer == null || !answer.startsWith(READY)) {
            throw failure(answer);
        }
        this.version = answer.substring(READY.length());
    }

    /** Starts a worker and waits until it has loaded its model; what it says on standard error goes into the log. */
    static WorkerProcess start(List<String> command, Path log) throws IOException {
        long started = System.nanoTime();
        var process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        try {
            return new WorkerProcess(process, log, started);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** The engine's name and version, in its own words. */
    String version() {
        return version;
    }

    /** How long it took from the start of the process until it could be asked. */
    long startNanos() {
        return startNanos;
    }

    /** Asks for some inferences; {@link #await} waits for them. */
    void begin(int count) throws IOException {
        send("run " + count);
    }

    /** Waits until what was asked for is done. */
    void await() throws IOException {
        var answer = answers.readLine();
        if (!"ok".equals(answer)) {
            throw failure(answer);
        }
    }

    /** The result of the last inference. */
    float[] output(Path folder) throws IOException {
        var file = Files.createTempFile(folder, "output", ".safetensors");
        try {
            send("output " + file);
            await();
            try (var tensors = Checkpoint.open(file)) {
                return tensors.tensor("output").toFloats();
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void send(String request) throws IOException {
        requests.write(request);
        requests.write('\n');
        requests.flush();
    }

    private IOException failure(String answer) throws IOException {
        var lines = Files.readAllLines(log);
        var last = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
        return new IOException((answer == null ? "the process ended" : "unexpected answer \"" + answer + '"')
                + (last.isEmpty() ? "" : "; it said:\n  " + String.join("\n  ", last)));
    }

    /** The most memory that the process ever had resident, in bytes; 0 where the system doesn't tell. */
    long peakResidentBytes() {
        return ProcFiles.peakResidentBytes(process.pid());
    }

    /** The processor time that the process has used, in clock ticks; 0 where the system doesn't tell. */
    long cpuTicks() {
        return ProcFiles.ticksOf(process.pid());
    }

    @Override
    public void close() throws IOException {
        try {
            requests.close();
        } finally {
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
