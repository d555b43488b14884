// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.worker;

import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * The process's side of a comparison: answers each line on standard input with one on standard output.
 *
 * <p>At the start {@code ready VERSION}. Then {@code run N} makes N inferences and answers {@code ok}; {@code output FILE}
 * writes the last result as tensor "output" of a safetensors file and answers {@code ok}; the end of the input ends the
 * process. The time is taken by whoever asks, so it is taken the same way for all engines.
 */
final class Worker {
    /** One network, loaded, with its inputs in place; it lives as long as the process. */
    interface Engine {
        /** The engine's version, and where it matters how it was set up. */
        String version();

        /** One inference, from the inputs in this process's memory to the output in this process's memory. */
        void run() throws Exception;

        /** Some inferences, one after the other unless the engine is one of many callers. */
        default void run(int count) throws Exception {
            for (int i = 0; i < count; i++) {
                run();
            }
        }

        /** The result of the last {@link #run}. */
        HostTensor output() throws Exception;

        /** Ends what still goes on, before the process ends. */
        default void close() {}
    }

    /** Opens an engine. */
    @FunctionalInterface
    interface Opener {
        Engine open(Task task) throws Exception;
    }

    /**
     * What the command line says.
     *
     * @param model a checkpoint's folder, or a graph exported from it
     * @param inputs a safetensors file
     * @param output the output's name
     * @param threads how many threads compute
     */
    record Task(Path model, Path inputs, String output, int threads) {
        static Task of(String[] args) {
            return new Task(Path.of(args[0]), Path.of(args[1]), args[2], Integer.parseInt(args[3]));
        }
    }

    private Worker() {}

    static void serve(String[] args, Opener opener) throws Exception {
        var engine = opener.open(Task.of(args));
        try (var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            answer("ready " + engine.version());
            for (var line = requests.readLine(); line != null; line = requests.readLine()) {
                if (line.startsWith("run ")) {
                    engine.run(Integer.parseInt(line.substring("run ".length())));
                } else if (line.startsWith("output ")) {
                    var file = Path.of(line.substring("output ".length()));
                    SafetensorsWriter.write(file, Map.of("output", engine.output()), Map.of());
                } else {
                    throw new IOException("unknown request: " + line);
                }
                answer("ok");
            }
        }
        engine.close();
    }

    private static void answer(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
