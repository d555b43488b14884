// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.load;

import dev.avocet.bench.ProcFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code avocet serve} in a process of its own, on one core with one thread that computes. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (\\S+)");
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final URI address;

    private ServerProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** Starts it and waits until it listens. */
    static ServerProcess start(Path jar, int core) throws IOException {
        var java = ProcessHandle.current().info().command().orElse("java");
        var process = new ProcessBuilder(List.of("taskset", "-c", Integer.toString(core), java, "-Xmx1g", "-jar",
                jar.toString(), "serve", "--port", "0", "--threads", "1"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        var errors = new BufferedReader(process.errorReader(StandardCharsets.UTF_8));
        for (var line = errors.readLine(); line != null; line = errors.readLine()) {
            var found = LISTENING.matcher(line);
            if (found.find()) {
                Thread.ofVirtual().start(() -> drain(errors));
                return new ServerProcess(process, URI.create(found.group(1)));
            }
        }
        throw new IOException("the server ended before it listened");
    }

    /** Takes in what it says, so that it never waits for a reader. */
    private static void drain(BufferedReader errors) {
        try {
            errors.transferTo(Writer.nullWriter());
        } catch (IOException ended) {
            // with the process
        }
    }

    URI address() {
        return address;
    }

    /** Resident bytes and threads, as Linux counts them. */
    Size size() throws IOException {
        var size = new Size(ProcFiles.residentBytes(process.pid()), ProcFiles.threads(process.pid()));
        if (size.threads() == 0) {
            throw new IOException("the server has ended");
        }
        return size;
    }

    record Size(long resident, int threads) {}

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** The exit code, once it has ended. */
    int await() throws InterruptedException, IOException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the server did not end within " + PATIENCE_SECONDS + " s");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
