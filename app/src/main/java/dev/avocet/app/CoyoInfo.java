// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.parquet.ParquetFile;
import dev.avocet.coyo.parquet.RowGroup;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.stream.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet coyo info}. */
@Command(
        name = "info",
        header = "Show a data set's columns and how many rows it has.",
        description = {"", "Reads the files' footers alone, whatever their size, also on the hub.", ""},
        footer = {"", "Example: avocet coyo info hf://datasets/kakaobrain/coyo-700m"})
final class CoyoInfo implements Executable {
    @Parameters(arity = "1..*", paramLabel = "DATA", description = DataOptions.HELP)
    private List<String> data;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    CoyoInfo(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    /** What a footer says. */
    private record Footer(String name, long rows, long bytes, int groups, String codec, String createdBy) {
        static Footer of(ParquetFile file) {
            return new Footer(file.name(), file.rows(), file.bytes(), file.groups().size(),
                    file.codec().orElse("-").toLowerCase(Locale.ROOT), file.createdBy());
        }
    }

    @Override
    public int run() {
        var files = Dataset.of(data, common::hub).files();
        var footers = new ArrayList<Footer>();
        Schema schema = null;
        List<String> unread = List.of();
        var ranges = new ArrayList<RowGroup>();
        for (var each : files) {
            try (var file = each.open()) {
                if (schema == null) {
                    schema = file.schema();
                    unread = file.unread();
                } else if (!file.schema().equals(schema)) {
                    terminal.say(file.name() + " has other columns than " + files.getFirst().name() + ": "
                            + file.schema());
                }
                footers.add(Footer.of(file));
                ranges.addAll(file.groups());
            }
            terminal.progress(footers.size() + " of " + files.size() + " footers");
        }
        terminal.clearProgress();
        if (json) {
            writeJson(footers, schema, unread);
        } else {
            writeText(footers, schema, unread, ranges);
        }
        return OK;
    }

    private void writeText(List<Footer> footers, Schema schema, List<String> unread, List<RowGroup> groups) {
        var out = terminal.out();
        long rows = footers.stream().mapToLong(Footer::rows).sum();
        out.printf(Locale.ROOT, "%,d rows in %d %s of %s, %,d row groups, written by %s%n%n", rows, footers.size(),
                footers.size() == 1 ? "file" : "files",
                Sizes.bytes(footers.stream().mapToLong(Footer::bytes).sum()),
                footers.stream().mapToInt(Footer::groups).sum(),
                DisplayText.clean(footers.getFirst().createdBy().isEmpty() ? "?" : footers.getFirst().createdBy()));
        var columns = new Table(Table.Column.text("column"), Table.Column.text("type"), Table.Column.number("missing"),
                Table.Column.number("smallest"), Table.Column.number("largest"));
        for (var column : schema.columns()) {
            var seen = groups.stream().map(group -> group.ranges().get(column.name())).filter(each -> each != null)
                    .toList();
            var missing = seen.stream().map(RowGroup.Range::missing).toList();
            var smallest = seen.stream().map(RowGroup.Range::smallest).toList();
            var largest = seen.stream().map(RowGroup.Range::largest).toList();
            columns.row(column.name(), column.typeName(),
                    missing.contains(Optional.<Long>empty())
                            ? "-"
                            : Long.toString(missing.stream()
                                    .mapToLong(Optional::orElseThrow).sum()),
                    extreme(smallest, true), extreme(largest, false));
        }
        columns.print(out);
        if (!unread.isEmpty()) {
            out.println();
            out.println("not read, because they are no values or lists of values: " + String.join(", ", unread));
        }
        out.println();
        var table = new Table(Table.Column.text("file"), Table.Column.number("rows"), Table.Column.number("size"),
                Table.Column.number("row groups"), Table.Column.text("codec"));
        footers.stream().limit(MOST_FILES).forEach(each -> table.row(DisplayText.clean(each.name()),
                String.format(Locale.ROOT, "%,d", each.rows()), Sizes.bytes(each.bytes()),
                Integer.toString(each.groups()), each.codec()));
        table.print(out);
        if (footers.size() > MOST_FILES) {
            out.println("... and " + (footers.size() - MOST_FILES) + " more; --json lists all");
        }
    }

    private static final int MOST_FILES = 10;

    private static String extreme(List<Optional<Number>> of, boolean isSmallest) {
        if (of.isEmpty() || of.stream().anyMatch(Optional::isEmpty)) {
            return "-";
        }
        var sorted = of.stream().map(Optional::orElseThrow)
                .sorted((a, b) -> Double.compare(a.doubleValue(), b.doubleValue())).toList();
        var number = isSmallest ? sorted.getFirst() : sorted.getLast();
        return number instanceof Long || number instanceof Integer
                ? number.toString()
                : Numbers.shortest(number.doubleValue());
    }

    private void writeJson(List<Footer> footers, Schema schema, List<String> unread) {
        new JsonLines(terminal.out()).line(line -> {
            line.writeNumberField("rows", footers.stream().mapToLong(Footer::rows).sum());
            line.writeNumberField("bytes", footers.stream().mapToLong(Footer::bytes).sum());
            line.writeObjectFieldStart("features");
            for (var column : schema.columns()) {
                line.writeStringField(column.name(), column.typeName());
            }
            line.writeEndObject();
            JsonLines.writeTexts(line, "unread", unread);
            line.writeArrayFieldStart("files");
            for (var each : footers) {
                line.writeStartObject();
                line.writeStringField("name", each.name());
                line.writeNumberField("rows", each.rows());
                line.writeNumberField("bytes", each.bytes());
                line.writeNumberField("row_groups", each.groups());
                line.writeStringField("codec", each.codec());
                line.writeStringField("created_by", each.createdBy());
                line.writeEndObject();
            }
            line.writeEndArray();
        });
    }
}
