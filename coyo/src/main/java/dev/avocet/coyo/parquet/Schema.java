// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The columns of a parquet file, in their order. */
public final class Schema {
    private final List<Column> columns;
    private final Map<String, Integer> places = new HashMap<>();

    /** Refuses two columns of one name. */
    public Schema(List<Column> columns) {
        this.columns = List.copyOf(columns);
        for (int i = 0; i < columns.size(); i++) {
            if (places.put(columns.get(i).name(), i) != null) {
                throw new ParquetException("two columns are named \"" + columns.get(i).name() + "\"; rename one");
            }
        }
    }

    /** With these columns. */
    public static Schema of(Column... columns) {
        return new Schema(List.of(columns));
    }

    /** All columns. */
    public List<Column> columns() {
        return columns;
    }

    /** All names. */
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** How many columns there are. */
    public int size() {
        return columns.size();
    }

    /** A column by its place. */
    public Column column(int place) {
        return columns.get(place);
    }

    /** A column by its name. */
    public Optional<Column> find(String name) {
        return Optional.ofNullable(places.get(name)).map(columns::get);
    }

    /** Whether there is a column of this name. */
    public boolean has(String name) {
        return places.containsKey(name);
    }

    /** The place of a column; throws {@link ParquetException} where there is none of that name. */
    public int place(String name) {
        var place = places.get(name);
        if (place == null) {
            throw new ParquetException(
                    "there is no column \"" + name + "\"; there are " + String.join(", ", names()));
        }
        return place;
    }

    /** These columns alone, in the order of the names; throws {@link ParquetException} where one is missing. */
    public Schema select(List<String> names) {
        return new Schema(names.stream().map(name -> columns.get(place(name))).toList());
    }

    /** These columns, and others after them. */
    public Schema with(Column... more) {
        var all = new ArrayList<>(columns);
        all.addAll(List.of(more));
        return new Schema(all);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schema schema && schema.columns.equals(columns);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    /** As in messages: {@code id int64, url string}. */
    @Override
    public String toString() {
        return columns.stream().map(each -> each.name() + " " + each.typeName()).collect(Collectors.joining(", "));
    }
}
