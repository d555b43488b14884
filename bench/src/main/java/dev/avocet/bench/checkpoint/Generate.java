// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/generate}. */
@CommandLine.Command(name = "bench/generate",
        header = "Write a checkpoint with random weights, in Hugging Face layout.", footer = {
            "", "Example: bench/generate vit-large-patch16-384 /tmp/vit"})
final class Generate implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME",
            description = "vit-large-patch16-384 (1.2 GB), align-base (0.7 GB) or all-minilm-l6-v2 (91 MB).")
    private String name;

    @Parameters(index = "1", paramLabel = "FOLDER", description = "Where to; made if it is not there.")
    private Path folder;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Another seed gives other weights. Default: 1.")
    private long seed;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    @SuppressWarnings("unused") // picocli wants a field, and acts on it itself
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Generate())
                .setExecutionExceptionHandler((error, command, _) -> {
                    command.getErr().println("bench/generate: " + error.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Preset preset;
        try {
            preset = Preset.of(name);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        preset.write(folder, seed);
        return 0;
    }
}
