// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

/** Some rows of a row group, column by column. */
public final class Batch {
    private final Schema schema;
    private final int rows;
    private final Vector[] columns;

    Batch(Schema schema, int rows, Vector[] columns) {
        this.schema = schema;
        this.rows = rows;
        this.columns = columns;
    }

    /** The columns that were asked for. */
    public Schema schema() {
        return schema;
    }

    /** How many rows there are. */
    public int rows() {
        return rows;
    }

    /** A value; null where it is missing. */
    public Object get(int column, int row) {
        return columns[column].get(row);
    }

    /** The columns of another schema, of which each is one of these; {@code places} says which. */
    Row row(int row, Schema some, int[] places) {
        var values = new Object[places.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = columns[places[i]].get(row);
        }
        return Row.of(some, values);
    }

    /** A row with all columns. */
    public Row row(int row) {
        var values = new Object[columns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = columns[i].get(row);
        }
        return Row.of(schema, values);
    }
}
