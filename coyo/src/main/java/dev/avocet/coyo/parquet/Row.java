// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.util.Arrays;
import java.util.Optional;

/** A row of a parquet file: a value for each column, or null where it is missing; must not be changed. */
public final class Row {
    private final Schema schema;
    private final Object[] values;

    private Row(Schema schema, Object[] values) {
        this.schema = schema;
        this.values = values;
    }

    /** The values in the order of the columns, as {@link ValueType} has them. */
    public static Row of(Schema schema, Object... values) {
        if (values.length != schema.size()) {
            throw new IllegalArgumentException(
                    values.length + " values for the " + schema.size() + " columns " + schema);
        }
        return new Row(schema, values);
    }

    /** The columns. */
    public Schema schema() {
        return schema;
    }

    /** The value at a place; null where it is missing. */
    public Object get(int place) {
        return values[place];
    }

    /** The value of a column; null where it is missing. Throws {@link ParquetException} where there is no such column. */
    public Object get(String column) {
        return values[schema.place(column)];
    }

    /** A text; empty where it is missing. */
    public Optional<String> text(String column) {
        return Optional.ofNullable((String) get(column));
    }

    /** A number of any type; empty where it is missing. */
    public Optional<Number> number(String column) {
        return Optional.ofNullable((Number) get(column));
    }

    /** These values, and more for the columns that a longer schema has behind them. */
    public Row with(Schema longer, Object... more) {
        var all = Arrays.copyOf(values, longer.size());
        System.arraycopy(more, 0, all, values.length, longer.size() - values.length);
        return new Row(longer, all);
    }

    /** The columns of another schema, taken by their names; throws {@link ParquetException} where one is missing. */
    public Row select(Schema other) {
        var some = new Object[other.size()];
        for (int i = 0; i < some.length; i++) {
            some[i] = get(other.column(i).name());
        }
        return new Row(other, some);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row row && row.schema.equals(schema) && Arrays.deepEquals(row.values, values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(values);
    }
}
