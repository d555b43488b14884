// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A parsed JSON object with typed access: a field that is absent or null gives the default, one of another type an
 * error.
 *
 * <p>Numbers are any {@link Number}, objects any {@link Map} with string keys, arrays any {@link List}.
 *
 * @param source the file, and the path inside it, for messages
 */
public record Config(String source, Map<String, ?> fields) {
    /** More than any model has; what asks for more is a mistake, or is meant to fill the memory. */
    public static final int MOST_LAYERS = 1000;

    private static final int MOST_LABELS = 1 << 20;

    /** Whether the field is there and not null. */
    public boolean has(String name) {
        return fields.get(name) != null;
    }

    /** A whole number. */
    public int integer(String name, int otherwise) {
        return has(name) ? toInteger(name, fields.get(name)) : otherwise;
    }

    /** A whole number of at least 1. */
    public int positive(String name, int otherwise) {
        int value = integer(name, otherwise);
        if (value < 1) {
            throw wrong(name, "a positive integer");
        }
        return value;
    }

    /** A whole number of things that are made one by one, so that memory and time grow with it. */
    public int count(String name, int otherwise, int most) {
        int value = integer(name, otherwise);
        if (value < 0 || value > most) {
            throw wrong(name, "an integer from 0 to " + most);
        }
        return value;
    }

    /** How many layers there are. */
    public int layers(String name, int otherwise) {
        return count(name, otherwise, MOST_LAYERS);
    }

    /** A number. */
    public double number(String name, double otherwise) {
        return has(name) ? toNumber(name, fields.get(name)) : otherwise;
    }

    /** true or false. */
    public boolean flag(String name, boolean otherwise) {
        return switch (fields.get(name)) {
            case null -> otherwise;
            case Boolean value -> value;
            default -> throw wrong(name, "true or false");
        };
    }

    /** A string. */
    public String text(String name, String otherwise) {
        return switch (fields.get(name)) {
            case null -> otherwise;
            case String value -> value;
            default -> throw wrong(name, "a string");
        };
    }

    /** A list of whole numbers. */
    public List<Integer> integers(String name, List<Integer> otherwise) {
        return has(name) ? list(name).stream().map(each -> toInteger(name, each)).toList() : otherwise;
    }

    /** A list of numbers. */
    public List<Double> numbers(String name, List<Double> otherwise) {
        return has(name) ? list(name).stream().map(each -> toNumber(name, each)).toList() : otherwise;
    }

    /** A list of strings. */
    public List<String> texts(String name, List<String> otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        var texts = new ArrayList<String>();
        for (var each : list(name)) {
            if (!(each instanceof String text)) {
                throw wrong(name, "a list of strings");
            }
            texts.add(text);
        }
        return texts;
    }

    /** A height and a width, given as two numbers or as one for both. */
    public Extent extent(String name, int otherwise) {
        if (fields.get(name) instanceof List<?>) {
            var both = integers(name, List.of());
            if (both.size() == 2 && both.getFirst() >= 1 && both.getLast() >= 1) {
                return new Extent(both.getFirst(), both.getLast());
            }
            throw wrong(name, "a positive integer or [height, width]");
        }
        int side = positive(name, otherwise);
        return new Extent(side, side);
    }

    /** An object inside this one; an empty one where it is absent. */
    public Config at(String name) {
        var inside = new LinkedHashMap<String, Object>();
        switch (fields.get(name)) {
            case null -> {}
            case Map<?, ?> object -> object.forEach((key, value) -> inside.put(String.valueOf(key), value));
            default -> throw wrong(name, "an object");
        }
        return new Config(source + ": " + name, inside);
    }

    /**
     * The labels of {@code id2label} by class index; without it, as many numbered ones as {@code num_labels} says, by
     * default 2.
     */
    public List<String> labels() {
        if (!has("id2label")) {
            return IntStream.range(0, count("num_labels", 2, MOST_LABELS)).mapToObj(i -> "LABEL_" + i).toList();
        }
        var byIndex = at("id2label");
        var labels = new ArrayList<String>();
        for (int i = 0; i < byIndex.fields().size(); i++) {
            var label = byIndex.text(Integer.toString(i), null);
            if (label == null) {
                throw new ConfigException(
                        byIndex.source() + " has " + byIndex.fields().size() + " entries but no \"" + i + "\"");
            }
            labels.add(label);
        }
        return labels;
    }

    /** Throws {@link ConfigException} unless the value is one that the engine implements. */
    public void require(String name, boolean condition, String wanted) {
        if (!condition) {
            throw wrong(name, wanted);
        }
    }

    private List<?> list(String name) {
        if (fields.get(name) instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "a list");
    }

    private int toInteger(String name, Object value) {
        if (value instanceof Number number && number.doubleValue() == number.intValue()) {
            return number.intValue();
        }
        throw wrong(name, "an integer of 32 bits");
    }

    private double toNumber(String name, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(name, "a number");
    }

    private ConfigException wrong(String name, String wanted) {
        return new ConfigException(
                source + ": \"" + name + "\" must be " + wanted + ", found " + shorten(fields.get(name)));
    }

    private static String shorten(Object value) {
        var text = value instanceof String string ? '"' + string + '"' : String.valueOf(value);
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
