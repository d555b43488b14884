// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.Home;
import dev.avocet.bench.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private static final Set<String> ALL_PEERS = Stream.concat(NetworkPeer.ids().stream(), Stage.peers().stream())
            .collect(Collectors.toCollection(LinkedHashSet::new));

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "NAME",
            description = "vit, b7, bert. Default: all, unless there are --stages.")
    private List<String> models;

    @Option(
            names = "--stages",
            split = ",",
            paramLabel = "NAME",
            description = "What happens before a network: decode, vit-pixels, align-pixels, tokenize. Default: all, unless"
                    + " there are --models.")
    private List<String> stages;

    @Option(names = "--peers", split = ",", paramLabel = "NAME",
            description = "onnxruntime, openvino, torch, torch-channels-last, torch-compile; of stages pillow, tokenizers."
                    + " Those that are not installed are named and left out. Default: all.")
    private Set<String> peers = ALL_PEERS;

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
        if (!ALL_PEERS.containsAll(peers)) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                    "--peers: there are " + String.join(", ", ALL_PEERS) + ", not all of " + String.join(", ", peers));
        }
        var home = Home.path();
        var interpreter = python != null ? python : home.resolve("python").resolve("bin").resolve("python");
        var places = new Places(root, home, interpreter);
        var comparisons = new ArrayList<Comparison>();
        for (var workload : chosen(models, stages, Workload.values(), Workload::of, "--models")) {
            for (int batch : batches) {
                var contest = NetworkPeer.contest(workload, batch, peers, places, threads);
                comparisons.add(measure(contest, new Measurement.Setting(places, threads, runs)));
            }
        }
        for (var stage : chosen(stages, models, Stage.values(), Stage::of, "--stages")) {
            for (var contest : stage.contests(peers, places)) {
                comparisons.add(measure(contest, new Measurement.Setting(places, 1, runs)));
            }
        }
        if (write) {
            var file = root.resolve("docs").resolve("performance.md");
            Files.writeString(file, Report.page(comparisons, command(), threads));
            System.err.println("wrote " + file);
        }
        return comparisons.stream().allMatch(Comparison::agrees) ? 0 : 1;
    }

    private static Comparison measure(Contest contest, Measurement.Setting setting) throws IOException {
        var comparison = Measurement.of(contest, setting);
        System.out.println(Report.section(comparison));
        return comparison;
    }

    /** What was named; everything where nothing of either kind was. */
    private <T> List<T> chosen(List<String> names, List<String> others, T[] all, Function<String, T> of,
            String option) {
        if (names == null) {
            return others == null ? List.of(all) : List.of();
        }
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

    /** What was called, with the defaults spelt out that differ elsewhere. */
    private String command() {
        return "bench/compare"
                + (models == null ? "" : " --models " + String.join(",", models))
                + (stages == null ? "" : " --stages " + String.join(",", stages))
                + (peers.equals(ALL_PEERS) ? "" : " --peers " + String.join(",", peers))
                + " --batch " + batches.stream().map(String::valueOf).collect(Collectors.joining(","))
                + " --threads " + threads + " --runs " + runs;
    }
}
