// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A process that downloads the model of the fixture; closing it is a kill -9. */
final class DownloadProcess implements AutoCloseable {
    private final Process process;

    /** Returns once its own code runs. */
    DownloadProcess(Fixture fixture) throws IOException {
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        process = new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath,
                DownloadProcess.class.getName(), fixture.stub.endpoint().toString(), fixture.cache.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    /** {@code ENDPOINT CACHE}. */
    public static void main(String[] args) {
        IO.println("ready");
        var settings = new HubSettings(URI.create(args[0]), Path.of(args[1]), "", false, true, Duration.ofSeconds(10),
                Duration.ofSeconds(10), Duration.ofMillis(10));
        Hub.of(settings).model("org/model");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end; returns the exit code. */
    int end() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
