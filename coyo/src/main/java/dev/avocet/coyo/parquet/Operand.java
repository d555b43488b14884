// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.util.List;
import java.util.function.Function;

/** What a filter compares; {@code at} is where it stands in the filter, counted from 1. */
public sealed interface Operand {
    /** The column of COYO-Labeled-300M with the classes of a picture, and the one with their probabilities. */
    String LABELS = "labels";
    String PROBABILITIES = "label_probs";

    /** Where it stands. */
    int at();

    /** A {@link Long}, {@link Double}, {@link String} or {@link Boolean}. */
    record Literal(Object value, int at) implements Operand {}

    /** The value of a column. */
    record Value(String column, int at) implements Operand {}

    /** The probability of one of the labels; missing where it is not among those of the row. */
    record Probability(long label, int at) implements Operand {}

    /** The columns that it needs. */
    default List<String> columns() {
        return switch (this) {
            case Literal _ -> List.of();
            case Value(var column, _) -> List.of(column);
            case Probability _ -> List.of(LABELS, PROBABILITIES);
        };
    }

    /** The value in a row; null where it is missing. */
    default Object of(Function<String, Object> row) {
        return switch (this) {
            case Literal(var value, _) -> value;
            case Value(var column, _) -> row.apply(column);
            case Probability(long label, _) -> probability(label, row.apply(LABELS), row.apply(PROBABILITIES));
        };
    }

    private static Object probability(long label, Object labels, Object probabilities) {
        int place = switch (labels) {
            case int[] all -> place(label, all);
            case long[] all -> place(label, all);
            case null, default -> -1;
        };
        return switch (probabilities) {
            case float[] all when place >= 0 && place < all.length -> all[place];
            case double[] all when place >= 0 && place < all.length -> all[place];
            case null, default -> null;
        };
    }

    private static int place(long label, int[] labels) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == label) {
                return i;
            }
        }
        return -1;
    }

    private static int place(long label, long[] labels) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == label) {
                return i;
            }
        }
        return -1;
    }
}
