// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Comparisons as Markdown, its columns aligned so that it reads well in a terminal too. */
final class Report {
    private Report() {}

    /** A page with everything that a reader needs to judge the numbers, or to get their own. */
    static String page(List<Comparison> comparisons, String command, int threads) {
        var page = new StringBuilder("""
                # Performance

                Written by `%s --write` on %s. All numbers are of one run; run it yourself for those of your machine.

                - Machine: %s, %d processors, %d of them used; %s %s
                - Java: %s
                """.formatted(command, LocalDate.now(ZoneId.systemDefault()), ProcFiles.processor(),
                Runtime.getRuntime().availableProcessors(),
                threads, System.getProperty("os.name"), System.getProperty("os.version"), Runtime.version()));
        versions(comparisons).forEach(version -> page.append("- ").append(version).append('\n'));
        comparisons.forEach(comparison -> page.append('\n').append(section(comparison)));
        return page.append('\n').append(HOW_TO_READ).toString();
    }

    private static final String HOW_TO_READ =
            """
                    ## How to read this

                    Each engine is a process of its own with the same random weights and inputs and the same number of threads, in float32.
                    All are loaded; then each in turn makes an inference, round after round, timed from outside by one clock: from the
                    request until the output lies in the engine's memory. The engines' order rotates. Between turns is a pause of a tenth of
                    a second, because some engines' threads spin for a while; where inferences are short, one that is not timed comes first.

                    - **Avocet is**: the engine's median over Avocet's. Above 1, Avocet is faster. Compare ratios, not times: times are
                      those of a shared machine at that hour.
                    - **p99**: by nearest rank; with fewer than 100 runs, the slowest.
                    - **of peak**: floating-point operations per second (of products, convolutions and attention) as a share of the fused
                      multiply-adds that the machine did in registers, measured in the same rounds.
                    - **apart**: the largest difference of the output from Avocet's, relative to the largest value.
                    - **start**: from the start of the process until the model is loaded, its file in the page cache. **first**: the first
                      inference. **memory**: the most that was ever resident, the JVM or Python included.
                    - **Steal** is time that the hypervisor gave to other machines. With more than a few percent of it, or of other
                      processes, the medians say little.
                    """;

    private static List<String> versions(List<Comparison> comparisons) {
        return comparisons.stream().flatMap(comparison -> comparison.entries().stream())
                .map(entry -> entry.name() + ": " + entry.version())
                .distinct().toList();
    }

    /** One contest. */
    static String section(Comparison comparison) {
        var contest = comparison.contest();
        var section = new StringBuilder("## " + contest.title() + ", batch " + contest.batch() + "\n\n");
        if (contest.gflop() > 0) {
            section.append(text("%.1f GFLOP in an inference. ", contest.gflop()));
        }
        if (comparison.peakGflops() > 0) {
            section.append(text("Peak of the machine: %.0f GFLOP/s. ", comparison.peakGflops()));
        }
        section.append(text("Steal %.1f %%, other processes %.1f %%.\n\n",
                100 * comparison.load().steal(), 100 * comparison.load().others()));
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("", "median ms", "min ms", "p99 ms", "per second", "GFLOP/s", "of peak", "Avocet is", "apart",
                "start s", "first ms", "memory MB"));
        comparison.entries().forEach(entry -> rows.add(row(comparison, entry)));
        section.append(table(rows));
        absent(comparison).forEach((reason, names) -> section.append("\nNot measured: ")
                .append(String.join(", ", names)).append(": ").append(reason).append('\n'));
        return section.toString();
    }

    /** Those who took no part, by the reason, which many may share. */
    private static Map<String, List<String>> absent(Comparison comparison) {
        return comparison.absent().entrySet().stream().collect(Collectors.groupingBy(Map.Entry::getValue,
                LinkedHashMap::new, Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    }

    private static List<String> row(Comparison comparison, Comparison.Entry entry) {
        var times = entry.times();
        boolean counts = comparison.contest().gflop() > 0;
        boolean isAvocet = entry.name().equals(Contest.AVOCET);
        return List.of(
                entry.name(),
                text("%.1f", times.medianMillis()),
                text("%.1f", times.minMillis()),
                text("%.1f", times.p99Millis()),
                text("%.2f", comparison.contest().batch() / times.medianMillis() * 1e3),
                counts ? text("%.0f", comparison.gflops(entry)) : "",
                counts && comparison.peakGflops() > 0
                        ? text("%.0f %%", 100 * comparison.gflops(entry) / comparison.peakGflops())
                        : "",
                isAvocet ? "" : text("%.2fx", comparison.ratio(entry)),
                isAvocet ? "" : text("%.0e", entry.apart()) + (entry.agrees() ? "" : " WRONG"),
                text("%.2f", entry.startNanos() / 1e9),
                text("%.1f", entry.firstNanos() / 1e6),
                entry.residentBytes() > 0 ? text("%.0f", entry.residentBytes() / 1e6) : "");
    }

    private static String table(List<List<String>> rows) {
        var widths = new int[rows.getFirst().size()];
        for (var row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var lines = new ArrayList<String>();
        for (var row : rows) {
            var cells = new ArrayList<String>();
            for (int i = 0; i < widths.length; i++) {
                var padding = " ".repeat(widths[i] - row.get(i).length());
                cells.add(i == 0 ? row.get(i) + padding : padding + row.get(i));
            }
            lines.add(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
        }
        var rule = new StringBuilder("|");
        for (int i = 0; i < widths.length; i++) {
            rule.append('-').append("-".repeat(widths[i])).append(i == 0 ? "-|" : ":|");
        }
        lines.add(1, rule + "\n");
        return String.join("", lines);
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
