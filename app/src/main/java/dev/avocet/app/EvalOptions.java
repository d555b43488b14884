// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.eval.Chart;
import dev.avocet.coyo.eval.Evaluation;
import dev.avocet.coyo.eval.Metric;
import dev.avocet.loader.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How the result of an evaluation is shown. */
final class EvalOptions {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--plot", paramLabel = "FILE", description = "Draw the result as a .png, too.")
    private Path plot;

    /** Throws where the plot can't be written, before work is done. */
    void check() {
        if (plot != null) {
            if (!plot.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
                throw new UsageException("--plot must end in .png, not as in " + plot);
            }
            OutputFile.requireWritable(plot);
        }
    }

    /** Shows the result. */
    void show(Evaluation result, Terminal terminal) {
        terminal.clearProgress();
        if (json) {
            writeJson(result, terminal);
        } else {
            writeTable(result, terminal);
        }
        if (plot != null) {
            try (var file = OutputFile.create(plot)) {
                file.stream().write(Chart.png(result));
                file.commit();
            } catch (IOException e) {
                throw OutputFile.failed(plot, e);
            }
        }
    }

    private static void writeTable(Evaluation result, Terminal terminal) {
        var out = terminal.out();
        out.println(DisplayText.clean(result.name() + ", " + result.model()));
        out.println(result.protocol());
        out.println();
        var table =
                new Table(Table.Column.text("metric"), Table.Column.number("%"), Table.Column.number("95 % confidence"),
                        Table.Column.number("cases"), Table.Column.number("published"), Table.Column.text("by"));
        for (var each : result.metrics()) {
            table.row(each.name(), percent(each.value()),
                    percent(each.interval().low()) + " - " + percent(each.interval().high()),
                    String.format(Locale.ROOT, "%,d", each.cases()),
                    each.published().map(other -> percent(other.value())).orElse("-"),
                    each.published().map(Metric.Published::source).orElse(""));
        }
        table.print(out);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    private static void writeJson(Evaluation result, Terminal terminal) {
        new JsonLines(terminal.out()).line(line -> {
            line.writeStringField("evaluation", result.name());
            line.writeStringField("model", result.model());
            line.writeStringField("protocol", result.protocol());
            line.writeArrayFieldStart("metrics");
            for (var each : result.metrics()) {
                line.writeStartObject();
                line.writeStringField("metric", each.name());
                line.writeNumberField("value", each.value());
                line.writeNumberField("low", each.interval().low());
                line.writeNumberField("high", each.interval().high());
                line.writeNumberField("cases", each.cases());
                if (each.published().isPresent()) {
                    line.writeNumberField("published", each.published().get().value());
                    line.writeStringField("source", each.published().get().source());
                }
                line.writeEndObject();
            }
            line.writeEndArray();
        });
    }
}
