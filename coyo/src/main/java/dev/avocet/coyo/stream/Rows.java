// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import dev.avocet.coyo.parquet.ParquetFile;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.RowGroupReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the rows of a plan, one row group after the other. */
final class Rows implements Stage, AutoCloseable {
    private final Plan plan;
    private final Optional<List<String>> columns;
    /** The row that is read next. */
    private Origin next;
    private ParquetFile file;
    private int[] groups;
    private RowGroupReader reader;

    /** @param columns which are read; all of them where it is empty */
    Rows(Plan plan, Optional<List<String>> columns, Origin start) {
        this.plan = plan;
        this.columns = columns;
        this.next = start;
    }

    Origin position() {
        return next;
    }

    @Override
    public Optional<Item> next() {
        while (open()) {
            if (reader == null) {
                reader = read(file, groups[next.group()]);
                reader.skip(next.row());
            }
            var row = reader.next();
            if (row.isPresent()) {
                var item = new Item(row.get(), next);
                next = new Origin(next.file(), next.group(), next.row() + 1);
                return Optional.of(item);
            }
            endGroup();
        }
        return Optional.empty();
    }

    /** Passes over rows, and where nothing filters them over whole row groups unread. */
    void skip(long count) {
        long left = count;
        while (left > 0 && open()) {
            long rows = file.groups().get(groups[next.group()]).rows() - next.row();
            if (plan.filter().isPresent() || rows > left) {
                if (reader == null) {
                    reader = read(file, groups[next.group()]);
                    reader.skip(next.row());
                }
                long skipped = reader.skip(left);
                next = new Origin(next.file(), next.group(), next.row() + skipped);
                left -= skipped;
                if (left > 0) {
                    endGroup();
                }
            } else {
                left -= rows;
                endGroup();
            }
        }
    }

    /** Opens the next file that has a row group left; false at the end. */
    private boolean open() {
        while (next.file() < plan.parts().size()) {
            if (file == null) {
                file = plan.parts().get(next.file()).file().open();
                groups = plan.order(next.file(), file);
            }
            if (next.group() < groups.length) {
                return true;
            }
            close();
            next = new Origin(next.file() + 1, 0, 0);
        }
        return false;
    }

    private RowGroupReader read(ParquetFile from, int group) {
        return from.read(group, columns.orElse(from.schema().names()), plan.filter());
    }

    private void endGroup() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        next = new Origin(next.file(), next.group() + 1, 0);
    }

    /** The rows of these origins, in their order; reads each row group that one of them is in once. */
    List<Item> fetch(List<Origin> origins) {
        var rows = new HashMap<Origin, Row>();
        var byFile = new HashMap<Integer, Map<Integer, List<Long>>>();
        origins.forEach(each -> byFile.computeIfAbsent(each.file(), _ -> new HashMap<>())
                .computeIfAbsent(each.group(), _ -> new ArrayList<>()).add(each.row()));
        byFile.forEach((part, wanted) -> {
            try (var open = plan.parts().get(part).file().open()) {
                var order = plan.order(part, open);
                wanted.forEach((group, numbers) -> {
                    try (var from = read(open, order[group])) {
                        long at = 0;
                        for (long number : numbers.stream().sorted().toList()) {
                            from.skip(number - at);
                            rows.put(new Origin(part, group, number), from.next().orElseThrow());
                            at = number + 1;
                        }
                    }
                });
            }
        });
        return origins.stream().map(each -> new Item(rows.get(each), each)).toList();
    }

    @Override
    public Optional<Position.State> state() {
        return Optional.empty();
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
