// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where things are.
 *
 * @param root the checkout
 * @param home what is made once: checkpoints and graphs
 * @param interpreter the Python that has the peers' packages
 * @param keeps whether Avocet starts with weights that an earlier start kept packed
 */
record Places(Path root, Path home, Path interpreter, boolean keeps) {
    private Path peers() {
        return root.resolve("bench").resolve("peers");
    }

    /** The command of a worker in Java: a JVM as users start it, no options but the one that native code needs. */
    List<String> java(String worker, Object... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"),
                "dev.avocet.bench.worker." + worker));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return command;
    }

    /** The command of one of Avocet's workers; where weights are kept, they are afterwards. */
    List<String> avocet(String worker, Object... arguments) throws IOException {
        var command = java(worker, arguments);
        if (keeps) {
            command.add(1, "-Davocet.bench.cache=" + home.resolve("packed"));
            var log = Files.createTempFile("avocet", ".log");
            try (var first = WorkerProcess.start(command, log)) {
                first.begin(1);
                first.await();
            } finally {
                Files.delete(log);
            }
        }
        return command;
    }

    /** The command of one of the peers' scripts. */
    List<String> python(String script, Object... arguments) throws NotHereException {
        if (!Files.isExecutable(interpreter)) {
            throw new NotHereException("there is no " + interpreter + "; make it by " + peers().resolve("install")
                    + ", or name another Python by --python");
        }
        var command =
                new ArrayList<>(List.of(interpreter.toString(), "-W", "ignore", peers().resolve(script).toString()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return command;
    }

    /** The graph of a workload, exported at the first call. */
    Path graph(Workload workload) throws IOException {
        var folder = home.resolve("onnx");
        var graph = folder.resolve(workload.id() + ".onnx");
        if (Files.notExists(graph)) {
            var checkpoint = workload.checkpoint(home);
            var export = python("export_onnx.py", checkpoint, folder);
            System.err.println("exporting " + checkpoint + " to " + folder + " once, takes a few minutes");
            call(export);
        }
        return graph;
    }

    /** The program that measures the machine itself, compiled for it. */
    Path peak() throws IOException {
        var program = home.resolve("peak");
        var source = peers().resolve("peak.c");
        if (Files.notExists(program)
                || Files.getLastModifiedTime(program).compareTo(Files.getLastModifiedTime(source)) < 0) {
            Files.createDirectories(home);
            call(List.of("cc", "-O3", "-march=native", "-ffp-contract=fast", "-pthread", "-o", program.toString(),
                    source.toString()));
        }
        return program;
    }

    private static void call(List<String> command) throws IOException {
        try {
            var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (process.waitFor() != 0) {
                throw new NotHereException("failed: " + String.join(" ", command));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + command.getFirst(), e);
        } catch (NotHereException e) {
            throw e;
        } catch (IOException e) {
            throw new NotHereException(e.getMessage());
        }
    }
}
