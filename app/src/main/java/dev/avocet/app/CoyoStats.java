// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.stats.ColumnStatistics;
import dev.avocet.coyo.stats.DatasetStatistics;
import dev.avocet.coyo.stats.Published;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet coyo stats}. */
@Command(
        name = "stats",
        header = "Show what a data set's columns hold, and what can't be right.",
        description = {
            "",
            "Reads the rows, in constant memory. Numbers are shown as they are, texts and lists by their lengths. Columns of",
            "COYO-700M are held against their published minima and maxima.",
            ""},
        footer = {"", "Example: avocet coyo stats coyo.parquet --take 100000"})
final class CoyoStats implements Executable {
    private static final int INTERVALS = 24;
    private static final String BARS = " ▁▂▃▄▅▆▇█";
    private static final String PLAIN_BARS = " .:-=+*#@";

    @Mixin
    private DataOptions data;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    CoyoStats(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var set = data.dataset(common);
        var statistics = new DatasetStatistics(set.schema());
        try (var rows = set.stream()) {
            for (var row = rows.next(); row.isPresent(); row = rows.next()) {
                statistics.add(row.get());
                if (statistics.rows() % 50_000 == 0) {
                    terminal.progress(String.format(Locale.ROOT, "%,d rows", statistics.rows()));
                }
            }
        }
        terminal.clearProgress();
        if (json) {
            writeJson(statistics);
        } else {
            writeText(statistics);
        }
        return OK;
    }

    private void writeText(DatasetStatistics statistics) {
        var out = terminal.out();
        out.printf(Locale.ROOT, "%,d rows%n%n", statistics.rows());
        var table = new Table(Table.Column.text("column"), Table.Column.number("missing"),
                Table.Column.number("smallest"), Table.Column.number("median"), Table.Column.number("largest"),
                Table.Column.number("mean"), Table.Column.text("the middle 99 %"));
        for (var column : statistics.columns()) {
            var quantiles = column.quantiles(0.5);
            boolean isEmpty = quantiles.length == 0;
            table.row(title(column), Long.toString(column.missing()),
                    Numbers.shortest(column.smallest()), isEmpty ? "-" : Numbers.shortest(quantiles[0]),
                    Numbers.shortest(column.largest()), isEmpty ? "-" : Numbers.shortest(column.mean()),
                    isEmpty ? "" : bars(column.histogram(INTERVALS)));
        }
        table.print(out);
        if (statistics.isChecked()) {
            out.println();
            writeChecks(statistics);
        }
    }

    private void writeChecks(DatasetStatistics statistics) {
        var out = terminal.out();
        if (statistics.doubtful() == 0) {
            out.println("all values lie between the published minima and maxima of COYO-700M");
            return;
        }
        out.printf(Locale.ROOT, "%,d rows have values that COYO-700M has not:%n%n", statistics.doubtful());
        var table = new Table(Table.Column.text("column"), Table.Column.number("outside"),
                Table.Column.number("smallest"),
                Table.Column.number("published"), Table.Column.number("largest"), Table.Column.number("published"));
        for (int i = 0; i < statistics.columns().size(); i++) {
            var column = statistics.columns().get(i);
            if (statistics.outside(i) > 0) {
                var range = Published.RANGES.get(column.column().name());
                table.row(column.column().name(), Long.toString(statistics.outside(i)),
                        Numbers.shortest(column.smallest()), Numbers.shortest(range.smallest()),
                        Numbers.shortest(column.largest()), Numbers.shortest(range.largest()));
            }
        }
        table.print(out);
    }

    private static String title(ColumnStatistics column) {
        var each = column.column();
        return each.type().isNumber() && !each.isList() ? each.name() : each.name() + " (length)";
    }

    private String bars(ColumnStatistics.Histogram histogram) {
        var levels = terminal.traits().unicode() ? BARS : PLAIN_BARS;
        double highest = Arrays.stream(histogram.shares()).max().orElse(1);
        var text = new StringBuilder();
        for (double share : histogram.shares()) {
            // A share that is not nothing is to be seen.
            int level = (int) Math.ceil(share / highest * (levels.length() - 1));
            text.append(levels.charAt(level));
        }
        return text.toString();
    }

    private void writeJson(DatasetStatistics statistics) {
        new JsonLines(terminal.out()).line(line -> {
            line.writeNumberField("rows", statistics.rows());
            if (statistics.isChecked()) {
                line.writeNumberField("rows_outside_published", statistics.doubtful());
            }
            line.writeObjectFieldStart("columns");
            for (int i = 0; i < statistics.columns().size(); i++) {
                var column = statistics.columns().get(i);
                boolean isKnown = column.count() > 0;
                var quantiles = isKnown ? column.quantiles(0.05, 0.25, 0.5, 0.75, 0.95) : new double[5];
                var histogram = column.histogram(INTERVALS);
                line.writeObjectFieldStart(column.column().name());
                line.writeStringField("type", column.column().typeName());
                line.writeStringField("of", title(column).endsWith("(length)") ? "length" : "value");
                line.writeNumberField("count", column.count());
                line.writeNumberField("missing", column.missing());
                line.writeNumberField("nan", column.noNumber());
                JsonLines.writeKnown(line, "min", column.smallest(), isKnown);
                JsonLines.writeKnown(line, "max", column.largest(), isKnown);
                JsonLines.writeKnown(line, "mean", column.mean(), isKnown);
                JsonLines.writeKnown(line, "std", column.deviation(), isKnown);
                var names = new String[] {"p5", "p25", "p50", "p75", "p95"};
                for (int j = 0; j < names.length; j++) {
                    JsonLines.writeKnown(line, names[j], quantiles[j], isKnown);
                }
                line.writeObjectFieldStart("histogram");
                line.writeNumberField("from", histogram.from());
                line.writeNumberField("to", histogram.to());
                line.writeFieldName("shares");
                line.writeArray(histogram.shares(), 0, histogram.shares().length);
                line.writeEndObject();
                var range = statistics.isChecked() ? Published.RANGES.get(column.column().name()) : null;
                if (range != null) {
                    line.writeNumberField("published_mean", range.mean());
                    line.writeNumberField("published_min", range.smallest());
                    line.writeNumberField("published_max", range.largest());
                    line.writeNumberField("outside_published", statistics.outside(i));
                }
                line.writeEndObject();
            }
            line.writeEndObject();
        });
    }
}
