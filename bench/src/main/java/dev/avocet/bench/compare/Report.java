// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.ProcFiles;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** Comparisons as Markdown, its columns aligned so that it reads well in a terminal too. */
final class Report {
    private Report() {}

    /** A page with everything that a reader needs to judge the numbers, or to get their own. */
    static String page(List<Comparison> comparisons, String command) {
        var page = new StringBuilder("""
                # Performance

                Written by `%s --write` on %s. All numbers are of one run; run it yourself for those of your machine.

                - Machine: %s, %d processors; %s %s
                - Java: %s
                """.formatted(command, LocalDate.now(ZoneId.systemDefault()), ProcFiles.processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"), System.getProperty("os.version"), Runtime.version()));
        versions(comparisons).forEach(version -> page.append("- ").append(version).append('\n'));
        comparisons.forEach(comparison -> page.append('\n').append(section(comparison)));
        var scaling = scaling(comparisons);
        if (!scaling.isEmpty()) {
            page.append('\n').append(scaling);
        }
        return page.append('\n').append(HOW_TO_READ).toString();
    }

    private static final String HOW_TO_READ =
            """
                    ## How to read this

                    Each engine is a process of its own with the same random weights and inputs and the same number of threads, in float32.
                    All are loaded; then each in turn makes an inference, round after round, timed from outside by one clock: from the
                    request until the output lies in the engine's memory. The engines' order rotates. Between turns is a pause of a tenth of
                    a second, because some engines' threads spin for a while; where inferences are short, one that is not timed comes first.

                    With callers at once, a run is many inferences: Avocet's callers share one device, the other engines have a process of one
                    thread for each caller.

                    With several starts, all engines are started anew for each, and their inferences are taken together: a process may be
                    faster or slower than another one of the same program for as long as it lives, by where its memory lies.

                    - **Avocet is**: the engine's median over Avocet's. Above 1, Avocet is faster. Compare ratios, not times: times are
                      those of a shared machine at that hour.
                    - **p99**: by nearest rank; with fewer than 100 runs, the slowest. **tail**: p99 over the median.
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
        var section = new StringBuilder("## " + contest.heading() + "\n\n");
        if (contest.gflop() > 0) {
            section.append(text("%.1f GFLOP in an inference. ", contest.gflop()));
        }
        if (comparison.peakGflops() > 0) {
            section.append(text("Peak of the machine: %.0f GFLOP/s. ", comparison.peakGflops()));
        }
        int runs = comparison.entries().getFirst().times().count();
        section.append(contest.requests() == 1
                ? runs + " runs. "
                : runs + " runs of " + contest.requests()
                        + " inferences. ");
        section.append(comparison.starts() == 1 ? "" : comparison.starts() + " starts. ");
        section.append(text("Steal %.1f %%, other processes %.1f %%.\n\n",
                100 * comparison.load().steal(), 100 * comparison.load().others()));
        section.append(table(comparison.entries().stream().map(entry -> row(comparison, entry)).toList()));
        absent(comparison).forEach((reason, names) -> section.append("\nNot measured: ")
                .append(String.join(", ", names)).append(": ").append(reason).append('\n'));
        return section.toString();
    }

    /** Those who took no part, by the reason, which many may share. */
    private static Map<String, List<String>> absent(Comparison comparison) {
        return comparison.absent().entrySet().stream().collect(Collectors.groupingBy(Map.Entry::getValue,
                LinkedHashMap::new, Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    }

    /** What is known of an engine, by the names of the columns. */
    private static SequencedMap<String, String> row(Comparison comparison, Comparison.Entry entry) {
        var times = entry.times();
        boolean isAvocet = entry.name().equals(Contest.AVOCET);
        var row = new LinkedHashMap<String, String>();
        row.put("", entry.name());
        row.put("median ms", text("%.1f", times.medianMillis()));
        row.put("min ms", text("%.1f", times.minMillis()));
        row.put("p99 ms", text("%.1f", times.p99Millis()));
        row.put("tail", text("%.2f", times.p99Millis() / times.medianMillis()));
        row.put("per second", text("%.2f", comparison.perSecond(entry)));
        if (comparison.contest().gflop() > 0) {
            row.put("GFLOP/s", text("%.0f", comparison.gflops(entry)));
        }
        if (comparison.peakGflops() > 0) {
            row.put("of peak", text("%.0f %%", 100 * comparison.shareOfPeak(entry)));
        }
        row.put("Avocet is", isAvocet ? "" : text("%.2fx", comparison.ratio(entry)));
        row.put("apart", isAvocet ? "" : text("%.0e", entry.apart()) + (entry.agrees() ? "" : " WRONG"));
        row.put("start s", text("%.2f", entry.startNanos() / 1e9));
        row.put("first ms", text("%.1f", entry.firstNanos() / 1e6));
        row.put("memory MB", entry.residentBytes() > 0 ? text("%.0f", entry.residentBytes() / 1e6) : "");
        return row;
    }

    /** How much faster engines are with more threads, next to the machine's peak; empty where nothing was measured with both. */
    static String scaling(List<Comparison> comparisons) {
        var rows = new ArrayList<SequencedMap<String, String>>();
        for (var few : comparisons) {
            for (var many : comparisons) {
                if (few.contest().isWithFewerThreadsThan(many.contest())) {
                    rows.addAll(scaling(few, many));
                }
            }
        }
        return rows.isEmpty() ? "" : "## More threads\n\n" + table(rows);
    }

    private static List<SequencedMap<String, String>> scaling(Comparison few, Comparison many) {
        var rows = new ArrayList<SequencedMap<String, String>>();
        for (var slow : few.entries()) {
            many.entries().stream().filter(fast -> fast.name().equals(slow.name())).findFirst().ifPresent(fast -> {
                var row = new LinkedHashMap<String, String>();
                row.put("", few.contest().title() + ": " + slow.name());
                row.put("threads", few.contest().threads() + " to " + many.contest().threads());
                row.put("faster", text("%.2fx", many.perSecond(fast) / few.perSecond(slow)));
                row.put("the peak", text("%.2fx", many.peakGflops() / few.peakGflops()));
                row.put("next to the peak", text("%.2f", many.shareOfPeak(fast) / few.shareOfPeak(slow)));
                rows.add(row);
            });
        }
        return rows;
    }

    private static String table(List<SequencedMap<String, String>> rows) {
        var all = new ArrayList<List<String>>();
        all.add(List.copyOf(rows.getFirst().keySet()));
        rows.forEach(row -> all.add(List.copyOf(row.values())));
        return aligned(all);
    }

    private static String aligned(List<List<String>> rows) {
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
