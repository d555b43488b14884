// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.Home;
import dev.avocet.bench.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code bench/compare}. */
@CommandLine.Command(name = "bench/compare", sortOptions = false,
        header = "Measure Avocet against other engines, in turn, on this machine.", description = {
            "",
            "Makes what it needs once (random weights, exported graphs), below $AVOCET_BENCH_HOME or ~/.cache/avocet/bench.",
            "The exit code is 1 where an engine's output differs from Avocet's.",
            ""})
final class Compare implements Callable<Integer> {
    @Option(names = "--models", split = ",", paramLabel = "NAME", description = "vit, b7, bert. Default: all.")
    private List<String> models = Arrays.stream(Workload.values()).map(Workload::id).toList();

    @Option(names = "--peers", split = ",", paramLabel = "NAME",
            description = "onnxruntime, openvino, torch, torch-channels-last, torch-compile; those that are not installed are"
                    + " named and left out. Default: all.")
    private List<String> peers = Arrays.stream(Peer.values()).map(Peer::id).toList();

    @Option(names = "--batch", split = ",", paramLabel = "N",
            description = "Pictures or texts in an inference. Default: 1.")
    private List<Integer> batches = List.of(1);

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each engine. Default: all processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--runs", paramLabel = "N", defaultValue = "15",
            description = "Timed inferences of each. Default: 15.")
    private int runs;

    @Option(names = "--python", paramLabel = "FILE",
            description = "A Python with the packages of bench/peers/requirements.txt. Default: the one that"
                    + " bench/peers/install makes.")
    private Path python;

    @Option(names = "--write", description = "Write docs/performance.md.")
    private boolean write;

    @Option(names = "--root", hidden = true, required = true, description = "The checkout; given by the script.")
    private Path root;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    @SuppressWarnings("unused") // picocli wants a field, and acts on it itself
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Compare())
                .setExecutionExceptionHandler((error, command, _) -> {
                    command.getErr().println("bench/compare: " + error.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        root = root.toRealPath();
        requirePositive("--threads", threads);
        requirePositive("--runs", runs);
        batches.forEach(batch -> requirePositive("--batch", batch));
        var home = Home.path();
        var interpreter = python != null ? python : home.resolve("python").resolve("bin").resolve("python");
        var setting = new Measurement.Setting(
                new Places(home, root.resolve("bench").resolve("peers"), interpreter), chosenPeers(), threads, runs);
        var comparisons = new ArrayList<Comparison>();
        for (var workload : chosen()) {
            for (int batch : batches) {
                var comparison = Measurement.of(workload, batch, setting);
                comparisons.add(comparison);
                System.out.println(Report.section(comparison));
            }
        }
        if (write) {
            var file = root.resolve("docs").resolve("performance.md");
            Files.writeString(file, Report.page(comparisons, command(), threads));
            System.err.println("wrote " + file);
        }
        return comparisons.stream().allMatch(Comparison::agrees) ? 0 : 1;
    }

    private List<Workload> chosen() {
        return named(models, Workload::of, "--models");
    }

    /** Avocet and the peers that were asked for, in the order of their names. */
    private List<Peer> chosenPeers() {
        var wanted = named(peers, Peer::of, "--peers");
        return Arrays.stream(Peer.values()).filter(peer -> peer == Peer.AVOCET || wanted.contains(peer)).toList();
    }

    private <T> List<T> named(List<String> names, Function<String, T> of, String option) {
        try {
            return names.stream().map(of).toList();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private void requirePositive(String option, int value) {
        if (value < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), option + " must be at least 1, not " + value);
        }
    }

    /** What was called, with every default spelt out that may differ elsewhere. */
    private String command() {
        return "bench/compare --models " + String.join(",", models)
                + " --peers " + chosenPeers().stream().skip(1).map(Peer::id).collect(Collectors.joining(","))
                + " --batch " + batches.stream().map(String::valueOf).collect(Collectors.joining(","))
                + " --threads " + threads + " --runs " + runs;
    }
}
