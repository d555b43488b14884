// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.stream.RowJson;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet coyo head}. */
@Command(
        name = "head",
        header = "Show a data set's first rows.",
        description = {"", "Reads no more of the files than it shows, also on the hub.", ""},
        footer = {"", "Example: avocet coyo head coyo.parquet -n 1 --json"})
final class CoyoHead implements Executable {
    @Mixin
    private DataOptions data;

    @Option(names = {"-n", "--rows"}, paramLabel = "N", defaultValue = "5", converter = AtLeastOne.class,
            description = "How many rows. Default: 5.")
    private int count;

    @Option(names = "--json", description = "Print JSON Lines: one object per row.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    CoyoHead(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var lines = new JsonLines(terminal.out());
        try (var rows = data.dataset(common).stream()) {
            for (int i = 0; i < count; i++) {
                var row = rows.next();
                if (row.isEmpty()) {
                    break;
                }
                if (json) {
                    lines.line(line -> RowJson.writeFields(row.get(), line));
                } else {
                    show(row.get(), i);
                }
            }
        }
        return OK;
    }

    private void show(Row row, int number) {
        var out = terminal.out();
        if (number > 0) {
            out.println();
        }
        int width = row.schema().names().stream().mapToInt(DisplayText::width).max().orElse(0);
        for (int i = 0; i < row.schema().size(); i++) {
            var name = row.schema().column(i).name();
            var value = row.get(i) instanceof String text
                    ? text
                    : json(row.select(row.schema().select(List.of(name))));
            out.println(DisplayText.fit(name, width) + "  " + cut(DisplayText.clean(value)));
        }
        out.flush();
    }

    private static String json(Row one) {
        var text = new StringWriter();
        new JsonLines(text).line(line -> RowJson.writeFields(one, line));
        var object = text.toString().strip();
        return object.substring(object.indexOf(':') + 1, object.length() - 1);
    }

    private static String cut(String value) {
        int most = 200;
        return value.codePointCount(0, value.length()) <= most
                ? value
                : value.substring(0, value.offsetByCodePoints(0, most - 1)) + "…";
    }
}
