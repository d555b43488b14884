// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stats;

import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The statistics of all columns, and how many values of COYO-700M's are outside of what is published. */
public final class DatasetStatistics {
    private final List<ColumnStatistics> columns;
    private final Map<Integer, Published.Range> ranges = new LinkedHashMap<>();
    private final long[] outside;
    private long rows;
    private long doubtful;

    /** For these columns. */
    public DatasetStatistics(Schema schema) {
        this.columns = schema.columns().stream().map(ColumnStatistics::new).toList();
        this.outside = new long[schema.size()];
        if (Published.isCoyo(schema)) {
            Published.RANGES.forEach((name, range) -> {
                if (schema.find(name).filter(column -> column.type().isNumber() && !column.isList()).isPresent()) {
                    ranges.put(schema.place(name), range);
                }
            });
        }
    }

    /** Takes a row of these columns. */
    public void add(Row row) {
        rows++;
        for (int i = 0; i < outside.length; i++) {
            columns.get(i).add(row.get(i));
        }
        boolean isDoubtful = false;
        for (var each : ranges.entrySet()) {
            if (row.get(each.getKey()) instanceof Number number && !each.getValue().holds(number.doubleValue())) {
                outside[each.getKey()]++;
                isDoubtful = true;
            }
        }
        doubtful += isDoubtful ? 1 : 0;
    }

    /** How many rows there are. */
    public long rows() {
        return rows;
    }

    /** How many rows have a value outside of what is published. */
    public long doubtful() {
        return doubtful;
    }

    /** Whether the columns are checked. */
    public boolean isChecked() {
        return !ranges.isEmpty();
    }

    /** Each column. */
    public List<ColumnStatistics> columns() {
        return columns;
    }

    /** How many values of a column are outside, among them those that are not a number; 0 of a column that isn't checked. */
    public long outside(int column) {
        return outside[column];
    }
}
