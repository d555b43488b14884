// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns, as wide as what stands in them; at most {@value #MOST} in all, if the paths can be cut that far. */
final class Table {
    private static final int MOST = 120;
    private static final String GAP = "  ";
    private static final int SHORTEST_PATH = 12;

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /** How a column is set. */
    enum Setting {
        /** From the left. */
        TEXT,
        /** From the right. */
        NUMBER,
        /** Names with dots between, of which the first ones go where there is no room. */
        PATH
    }

    /** A column with its title. */
    record Column(String title, Setting setting) {
        static Column text(String title) {
            return new Column(title, Setting.TEXT);
        }

        static Column number(String title) {
            return new Column(title, Setting.NUMBER);
        }

        static Column path(String title) {
            return new Column(title, Setting.PATH);
        }
    }

    Table(Column... columns) {
        this.columns = List.of(columns);
        rows.add(this.columns.stream().map(Column::title).toList());
    }

    /** Adds a row: a cell for each column. */
    void row(String... cells) {
        rows.add(List.of(cells));
    }

    /** Prints titles and rows. */
    void print(PrintWriter out) {
        var widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = rows.stream().mapToInt(row -> DisplayText.width(row.get(column))).max().orElse(0);
        }
        int surplus = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - MOST;
        for (int i = 0; i < widths.length && surplus > 0; i++) {
            if (columns.get(i).setting() == Setting.PATH) {
                widths[i] = Math.max(Math.min(SHORTEST_PATH, widths[i]), widths[i] - surplus);
            }
        }
        for (var row : rows) {
            var line = new ArrayList<String>();
            for (int i = 0; i < widths.length; i++) {
                line.add(set(row.get(i), columns.get(i).setting(), widths[i]));
            }
            out.println(String.join(GAP, line).stripTrailing());
        }
    }

    private static String set(String cell, Setting setting, int width) {
        return switch (setting) {
            case TEXT -> DisplayText.fit(cell, width);
            case NUMBER -> " ".repeat(width - DisplayText.width(cell)) + cell;
            case PATH -> DisplayText.fit(lastNames(cell, width), width);
        };
    }

    private static String lastNames(String path, int width) {
        var names = path;
        while (DisplayText.width(names) > width && names.contains(".")) {
            names = names.substring(names.indexOf('.') + 1);
        }
        return names;
    }
}
