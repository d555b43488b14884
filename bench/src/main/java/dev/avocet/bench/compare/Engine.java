// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One engine of a contest: its process, or several that share the requests of a run. */
final class Engine implements AutoCloseable {
    private final List<WorkerProcess> workers = new ArrayList<>();

    private Engine() {}

    /** Starts its workers one after the other; what they say on standard error goes into logs in the folder. */
    static Engine start(String name, List<List<String>> commands, Path folder) throws IOException {
        var engine = new Engine();
        boolean complete = false;
        try {
            for (var command : commands) {
                var log = folder.resolve(name + "." + engine.workers.size() + ".log");
                engine.workers.add(WorkerProcess.start(command, log));
            }
            complete = true;
            return engine;
        } finally {
            if (!complete) {
                engine.close();
            }
        }
    }

    /** What it says of itself. */
    String version() {
        var version = workers.getFirst().version();
        return workers.size() == 1 ? version : workers.size() + " processes of " + version;
    }

    /** How long the slowest of its processes took until it could be asked. */
    long startNanos() {
        return workers.stream().mapToLong(WorkerProcess::startNanos).max().orElseThrow();
    }

    /** Makes some inferences: how long it took until all answers were here. */
    long run(int requests) throws IOException {
        int count = workers.size();
        long started = System.nanoTime();
        for (int i = 0; i < count; i++) {
            workers.get(i).begin(requests * (i + 1) / count - requests * i / count);
        }
        for (var worker : workers) {
            worker.await();
        }
        return System.nanoTime() - started;
    }

    /** The result of the last inference of its first process. */
    float[] output(Path folder) throws IOException {
        return workers.getFirst().output(folder);
    }

    /** The most memory that its processes ever had resident, in bytes; 0 where the system doesn't tell. */
    long peakResidentBytes() {
        return workers.stream().mapToLong(WorkerProcess::peakResidentBytes).sum();
    }

    /** The processor time that it has used, in clock ticks; 0 where the system doesn't tell. */
    long cpuTicks() {
        return workers.stream().mapToLong(WorkerProcess::cpuTicks).sum();
    }

    /** How many processes it has. */
    int processes() {
        return workers.size();
    }

    @Override
    public void close() throws IOException {
        for (var worker : workers) {
            worker.close();
        }
    }
}
