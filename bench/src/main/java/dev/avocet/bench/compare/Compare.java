// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.Home;
import dev.avocet.bench.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
            description = "Networks: vit, b7, bert. Default: all, unless there is --traffic or --stages.")
    private List<String> models;

    @Option(
            names = "--traffic",
            split = ",",
            paramLabel = "NAME",
            description = "Requests as services have them: tail, callers. Default: all, unless there is --models or"
                    + " --stages.")
    private List<String> traffic;

    @Option(
            names = "--stages",
            split = ",",
            paramLabel = "NAME",
            description = "What happens before a network: decode, vit-pixels, align-pixels, tokenize. Default: all, unless"
                    + " there is --models or --traffic.")
    private List<String> stages;

    @Option(names = "--peers", split = ",", paramLabel = "NAME",
            description = "onnxruntime, openvino, torch, torch-channels-last, torch-compile; of stages pillow, tokenizers."
                    + " Those that are not installed are named and left out. Default: all.")
    private Set<String> peers = ALL_PEERS;

    @Option(names = "--batch", split = ",", paramLabel = "N",
            description = "Pictures or texts in an inference of a network. Default: 1.")
    private List<Integer> batches = List.of(1);

    @Option(names = "--threads", split = ",", paramLabel = "N",
            description = "Threads of each engine; all but the largest number only with one picture or text. Default: all"
                    + " processors.")
    private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

    @Option(names = "--runs", paramLabel = "N", defaultValue = "15",
            description = "Timed inferences of each. Default: 15.")
    private int runs;

    @Option(names = "--starts", paramLabel = "N", defaultValue = "1",
            description = "Starts all engines anew so often, as far as --seconds allow, and makes the timed inferences"
                    + " with each. Default: 1.")
    private int starts;

    @Option(names = "--tail-runs", paramLabel = "N", defaultValue = "1000",
            description = "The same for the tail. Default: 1000.")
    private int tailRuns;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "900",
            description = "Makes fewer of them where they would take longer, but no fewer than three. Default: 900.")
    private int seconds;

    @Option(names = "--python", paramLabel = "FILE",
            description = "A Python with the packages of bench/peers/requirements.txt. Default: the one that"
                    + " bench/peers/install makes.")
    private Path python;

    @Option(names = "--kept",
            description = "Start Avocet with weights that an earlier start kept packed, below the benchmarks' home.")
    private boolean kept;

    @Option(names = "--write", description = "Write docs/performance.md.")
    private boolean write;

    @Option(names = "--root", hidden = true, required = true, description = "The checkout; given by the script.")
    private Path root;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    @SuppressWarnings("unused") // picocli wants a field, and acts on it itself
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final List<Comparison> comparisons = new ArrayList<>();

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
        threads.forEach(count -> requirePositive("--threads", count));
        batches.forEach(batch -> requirePositive("--batch", batch));
        requirePositive("--runs", runs);
        requirePositive("--starts", starts);
        requirePositive("--tail-runs", tailRuns);
        requirePositive("--seconds", seconds);
        if (!ALL_PEERS.containsAll(peers)) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                    "--peers: there are " + String.join(", ", ALL_PEERS) + ", not all of " + String.join(", ", peers));
        }
        var home = Home.path();
        var interpreter = python != null ? python : home.resolve("python").resolve("bin").resolve("python");
        var places = new Places(root, home, interpreter, kept);
        int most = Collections.max(threads);
        for (var workload : chosen(models, Workload.values(), Workload::of, "--models")) {
            for (int batch : batches) {
                for (int count : threads) {
                    if (batch == 1 || count == most) {
                        measure(NetworkPeer.contest(workload, batch, peers, places, count),
                                new Measurement.Setting(places, runs, 1, seconds));
                    }
                }
            }
        }
        for (var kind : chosen(traffic, Traffic.values(), Traffic::of, "--traffic")) {
            measure(kind.contest(peers, places, most),
                    new Measurement.Setting(places, kind == Traffic.TAIL ? tailRuns : runs, kind.inARow(), seconds));
        }
        for (var stage : chosen(stages, Stage.values(), Stage::of, "--stages")) {
            for (var contest : stage.contests(peers, places)) {
                measure(contest, new Measurement.Setting(places, runs, 1, seconds));
            }
        }
        System.out.println(Report.scaling(comparisons));
        return comparisons.stream().allMatch(Comparison::agrees) ? 0 : 1;
    }

    /** Measures, prints, and writes the page anew: what ends a long comparison early leaves what there was. */
    private void measure(Contest contest, Measurement.Setting setting) throws IOException {
        var held = new ArrayList<Comparison>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        do {
            held.add(Measurement.of(contest, setting));
        } while (held.size() < starts && System.nanoTime() < end);
        var comparison = Comparison.pooled(held);
        System.out.println(Report.section(comparison));
        comparisons.add(comparison);
        if (write) {
            Files.writeString(root.resolve("docs").resolve("performance.md"), Report.page(comparisons, command()));
        }
    }

    /** What was named; everything where nothing of either kind was. */
    private <T> List<T> chosen(List<String> names, T[] all, Function<String, T> of, String option) {
        if (names == null) {
            return models == null && traffic == null && stages == null ? List.of(all) : List.of();
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
                + (traffic == null ? "" : " --traffic " + String.join(",", traffic))
                + (stages == null ? "" : " --stages " + String.join(",", stages))
                + (peers.equals(ALL_PEERS) ? "" : " --peers " + String.join(",", peers))
                + " --batch " + joined(batches) + " --threads " + joined(threads) + " --runs " + runs
                + (starts == 1 ? "" : " --starts " + starts)
                + " --tail-runs " + tailRuns + " --seconds " + seconds + (kept ? " --kept" : "");
    }

    private static String joined(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
