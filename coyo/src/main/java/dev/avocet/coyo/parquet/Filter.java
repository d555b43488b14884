// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.coyo.parquet.Operand.Literal;
import dev.avocet.coyo.parquet.Operand.Probability;
import dev.avocet.coyo.parquet.Operand.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Which rows are wanted. A comparison with a missing value is neither true nor false, as in SQL, and so is what depends on it: the
 * row is not wanted.
 */
public sealed interface Filter {
    /** All of these. */
    record And(List<Filter> parts) implements Filter {}

    /** Any of these. */
    record Or(List<Filter> parts) implements Filter {}

    /** The opposite. */
    record Not(Filter part) implements Filter {}

    /** Numbers by value, texts and truth values for equality. */
    record Comparison(Operand left, Operator operator, Operand right) implements Filter {}

    /** A text has another one in it, large and small letters told apart. */
    record Contains(Operand text, String part) implements Filter {}

    /** There is no value. */
    record IsMissing(Operand operand) implements Filter {}

    /** How two values compare. */
    enum Operator {
        EQUAL, NOT_EQUAL, LESS, AT_MOST, GREATER, AT_LEAST;

        /** The same with both sides exchanged. */
        Operator mirrored() {
            return switch (this) {
                case EQUAL, NOT_EQUAL -> this;
                case LESS -> GREATER;
                case AT_MOST -> AT_LEAST;
                case GREATER -> LESS;
                case AT_LEAST -> AT_MOST;
            };
        }
    }

    /**
     * Reads a filter such as {@code clip_similarity_vitb32 > 0.3 and (num_faces = 0 or labels[281] >= 0.5)}; throws
     * {@link FilterException}.
     */
    static Filter parse(String text) {
        return new FilterParser(text).parse();
    }

    /** The columns that it needs, each once. */
    default List<String> columns() {
        return operands().flatMap(each -> each.columns().stream()).distinct().toList();
    }

    private Stream<Operand> operands() {
        return switch (this) {
            case And(var parts) -> parts.stream().flatMap(Filter::operands);
            case Or(var parts) -> parts.stream().flatMap(Filter::operands);
            case Not(var part) -> part.operands();
            case Comparison(var left, _, var right) -> Stream.of(left, right);
            case Contains(var text, _) -> Stream.of(text);
            case IsMissing(var operand) -> Stream.of(operand);
        };
    }

    /** Throws {@link FilterException} where a column is missing, or is not of a kind with what it is compared with. */
    default void check(Schema schema) {
        switch (this) {
            case And(var parts) -> parts.forEach(each -> each.check(schema));
            case Or(var parts) -> parts.forEach(each -> each.check(schema));
            case Not(var part) -> part.check(schema);
            case IsMissing(var operand) -> operand.columns().forEach(column -> find(column, operand, schema));
            case Contains(var text, _) -> {
                if (kind(text, schema) != ValueType.STRING) {
                    throw new FilterException(text.at(), "only a text can contain one");
                }
            }
            case Comparison(var left, var operator, var right) -> {
                var kinds = List.of(kind(left, schema), kind(right, schema));
                if (kinds.getFirst() != kinds.getLast()) {
                    throw new FilterException(left.at(),
                            "this compares " + word(kinds.getFirst()) + " with " + word(kinds.getLast()));
                }
                if (kinds.getFirst() != ValueType.DOUBLE && operator != Operator.EQUAL
                        && operator != Operator.NOT_EQUAL) {
                    throw new FilterException(left.at(),
                            word(kinds.getFirst()) + " can be compared with = and != only");
                }
            }
        }
    }

    private static Column find(String column, Operand operand, Schema schema) {
        return schema.find(column).orElseThrow(() -> new FilterException(operand.at(),
                "there is no column \"" + column + "\"; there are " + String.join(", ", schema.names())));
    }

    /** DOUBLE for any number. */
    private static ValueType kind(Operand operand, Schema schema) {
        return switch (operand) {
            case Literal(String _, _) -> ValueType.STRING;
            case Literal(Boolean _, _) -> ValueType.BOOLEAN;
            case Literal _ -> ValueType.DOUBLE;
            case Probability _ -> {
                operand.columns().forEach(column -> find(column, operand, schema));
                yield ValueType.DOUBLE;
            }
            case Value(var name, var at) -> {
                var column = find(name, operand, schema);
                if (column.isList() || column.type() == ValueType.BINARY) {
                    throw new FilterException(at, name + " is " + column.typeName() + ", which can't be compared"
                            + (name.equals(Operand.LABELS) ? "; write labels[N] for the probability of label N" : ""));
                }
                yield column.type().isNumber() ? ValueType.DOUBLE : column.type();
            }
        };
    }

    private static String word(ValueType kind) {
        return switch (kind) {
            case STRING -> "a text";
            case BOOLEAN -> "true or false";
            default -> "a number";
        };
    }

    /** Whether a row is wanted, whose values the function gives. */
    default boolean matches(Function<String, Object> row) {
        return test(row) == Truth.TRUE;
    }

    /** SQL's three. */
    enum Truth {
        TRUE, FALSE, UNKNOWN;

        static Truth of(boolean isTrue) {
            return isTrue ? TRUE : FALSE;
        }
    }

    private Truth test(Function<String, Object> row) {
        return switch (this) {
            case And(var parts) -> all(parts, row, Truth.FALSE);
            case Or(var parts) -> all(parts, row, Truth.TRUE);
            case Not(var part) -> switch (part.test(row)) {
                case TRUE -> Truth.FALSE;
                case FALSE -> Truth.TRUE;
                case UNKNOWN -> Truth.UNKNOWN;
            };
            case Comparison(var left, var operator, var right) -> compare(left.of(row), operator, right.of(row));
            case Contains(var text, var part) ->
                text.of(row) instanceof String found ? Truth.of(found.contains(part)) : Truth.UNKNOWN;
            case IsMissing(var operand) -> Truth.of(operand.of(row) == null);
        };
    }

    /** Ends at the first part of the deciding value; unknown where there is none of that but an unknown one. */
    private static Truth all(List<Filter> parts, Function<String, Object> row, Truth deciding) {
        var result = deciding == Truth.TRUE ? Truth.FALSE : Truth.TRUE;
        for (var part : parts) {
            var each = part.test(row);
            if (each == deciding) {
                return deciding;
            }
            result = each == Truth.UNKNOWN ? Truth.UNKNOWN : result;
        }
        return result;
    }

    private static Truth compare(Object left, Operator operator, Object right) {
        if (left == null || right == null) {
            return Truth.UNKNOWN;
        }
        if (left instanceof Number one && right instanceof Number other) {
            return Truth.of(holds(one, operator, other));
        }
        return Truth.of(left.equals(right) == (operator == Operator.EQUAL));
    }

    /** Whole numbers exactly; with a float in the precision that it has, so that 0.3 equals the float written as 0.3. */
    private static boolean holds(Number left, Operator operator, Number right) {
        if (isWhole(left) && isWhole(right)) {
            int order = Long.compare(left.longValue(), right.longValue());
            return switch (operator) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS -> order < 0;
                case AT_MOST -> order <= 0;
                case GREATER -> order > 0;
                case AT_LEAST -> order >= 0;
            };
        }
        boolean isFloat = left instanceof Float || right instanceof Float;
        double one = isFloat ? left.floatValue() : left.doubleValue();
        double other = isFloat ? right.floatValue() : right.doubleValue();
        return switch (operator) {
            case EQUAL -> one == other;
            case NOT_EQUAL -> one != other;
            case LESS -> one < other;
            case AT_MOST -> one <= other;
            case GREATER -> one > other;
            case AT_LEAST -> one >= other;
        };
    }

    private static boolean isWhole(Number number) {
        return number instanceof Long || number instanceof Integer;
    }

    /** All of several filters; one alone stays as it is. */
    static Filter all(List<Filter> filters) {
        var parts = new ArrayList<Filter>();
        filters.forEach(each -> {
            if (each instanceof And(var inner)) {
                parts.addAll(inner);
            } else {
                parts.add(each);
            }
        });
        return parts.size() == 1 ? parts.getFirst() : new And(List.copyOf(parts));
    }
}
