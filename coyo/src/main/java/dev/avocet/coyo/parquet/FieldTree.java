// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a file: columns, and structures of those whose names begin alike up to a dot. */
final class FieldTree {
    private static final int OPTIONAL = 1;
    private static final int REPEATED = 2;

    private final Map<String, FieldTree> children = new LinkedHashMap<>();
    private Optional<Column> column = Optional.empty();

    /** A field with all that the footer says of it. */
    record Element(String name, int repetition, Optional<ValueType> type, int children, boolean isList) {}

    /** A column with the path to its values and the level of a value that is there. */
    record Leaf(Column column, List<String> path, int depth) {}

    static FieldTree of(Schema schema) {
        var root = new FieldTree();
        for (var each : schema.columns()) {
            var at = root;
            for (var part : each.name().split("\\.", -1)) {
                if (at.column.isPresent()) {
                    throw clash(each);
                }
                at = at.children.computeIfAbsent(part, _ -> new FieldTree());
            }
            if (!at.children.isEmpty()) {
                throw clash(each);
            }
            at.column = Optional.of(each);
        }
        return root;
    }

    private static ParquetException clash(Column column) {
        return new ParquetException("\"" + column.name() + "\" can't be both a column and a structure; rename it");
    }

    /** All columns in the order of the tree. */
    List<Leaf> leaves() {
        var leaves = new ArrayList<Leaf>();
        collect(List.of(), 0, leaves);
        return leaves;
    }

    private void collect(List<String> path, int structures, List<Leaf> leaves) {
        column.ifPresent(each -> {
            var whole = new ArrayList<>(path);
            if (each.isList()) {
                whole.addAll(List.of("list", "element"));
            }
            leaves.add(new Leaf(each, whole, structures + (each.isOptional() ? 1 : 0) + (each.isList() ? 1 : 0)));
        });
        children.forEach((name, child) -> {
            var longer = new ArrayList<>(path);
            longer.add(name);
            child.collect(longer, structures + (child.column.isPresent() ? 0 : 1), leaves);
        });
    }

    /** All fields in the order of the tree, the root first. */
    List<Element> elements() {
        var elements = new ArrayList<>(List.of(new Element("schema", -1, Optional.empty(), children.size(), false)));
        children.forEach((name, child) -> child.list(name, elements));
        return elements;
    }

    private void list(String name, List<Element> elements) {
        if (column.isEmpty()) {
            elements.add(new Element(name, OPTIONAL, Optional.empty(), children.size(), false));
            children.forEach((below, child) -> child.list(below, elements));
            return;
        }
        var each = column.get();
        int repetition = each.isOptional() ? OPTIONAL : 0;
        var type = Optional.of(each.type());
        if (each.isList()) {
            elements.add(new Element(name, repetition, Optional.empty(), 1, true));
            elements.add(new Element("list", REPEATED, Optional.empty(), 1, false));
            elements.add(new Element("element", 0, type, 0, false));
        } else {
            elements.add(new Element(name, repetition, type, 0, false));
        }
    }
}
