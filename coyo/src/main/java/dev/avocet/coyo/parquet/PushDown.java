// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.coyo.parquet.Filter.And;
import dev.avocet.coyo.parquet.Filter.Comparison;
import dev.avocet.coyo.parquet.Filter.Operator;
import dev.avocet.coyo.parquet.Filter.Or;
import dev.avocet.coyo.parquet.Operand.Literal;
import dev.avocet.coyo.parquet.Operand.Value;
import dev.hardwood.reader.FilterPredicate;
import java.util.Optional;

/**
 * What Hardwood can tell of a filter from a row group's or a page's statistics: it lets through all that the filter does, and
 * perhaps more.
 */
final class PushDown {
    private PushDown() {}

    static Optional<FilterPredicate> of(Filter filter, Layout layout) {
        return switch (filter) {
            case And(var parts) -> {
                var known = parts.stream().map(each -> of(each, layout)).flatMap(Optional::stream).toList();
                yield known.isEmpty()
                        ? Optional.empty()
                        : Optional.of(FilterPredicate.and(known.toArray(FilterPredicate[]::new)));
            }
            case Or(var parts) -> {
                var known = parts.stream().map(each -> of(each, layout)).flatMap(Optional::stream).toList();
                yield known.size() < parts.size()
                        ? Optional.empty()
                        : Optional.of(FilterPredicate.or(known.toArray(FilterPredicate[]::new)));
            }
            case Comparison(Value(var column, _), var operator, Literal(Number literal, _)) ->
                comparison(column, operator, literal, layout);
            default -> Optional.empty();
        };
    }

    private static Optional<FilterPredicate> comparison(String name, Operator operator, Number literal, Layout layout) {
        var column = layout.schema().find(name).orElseThrow();
        var path = layout.paths().get(name);
        if (column.isList() || operator == Operator.NOT_EQUAL) {
            return Optional.empty();
        }
        boolean isWhole = literal instanceof Long;
        long whole = literal.longValue();
        var predicate = switch (column.type()) {
            case INT32 -> isWhole && whole == (int) whole ? ints(path, operator, (int) whole) : null;
            case INT64 -> isWhole ? longs(path, operator, whole) : null;
            case FLOAT -> floats(path, operator, literal.floatValue());
            case DOUBLE -> doubles(path, operator, literal.doubleValue());
            case BOOLEAN, STRING, BINARY -> null;
        };
        return Optional.ofNullable(predicate);
    }

    private static FilterPredicate ints(String path, Operator operator, int value) {
        return switch (operator) {
            case EQUAL -> FilterPredicate.eq(path, value);
            case LESS -> FilterPredicate.lt(path, value);
            case AT_MOST -> FilterPredicate.ltEq(path, value);
            case GREATER -> FilterPredicate.gt(path, value);
            case AT_LEAST -> FilterPredicate.gtEq(path, value);
            case NOT_EQUAL -> null;
        };
    }

    private static FilterPredicate longs(String path, Operator operator, long value) {
        return switch (operator) {
            case EQUAL -> FilterPredicate.eq(path, value);
            case LESS -> FilterPredicate.lt(path, value);
            case AT_MOST -> FilterPredicate.ltEq(path, value);
            case GREATER -> FilterPredicate.gt(path, value);
            case AT_LEAST -> FilterPredicate.gtEq(path, value);
            case NOT_EQUAL -> null;
        };
    }

    /** Hardwood may tell the two zeros apart, which are equal: the smaller one is below, and the larger one above. */
    private static FilterPredicate floats(String path, Operator operator, float value) {
        float low = value == 0 ? -0f : value;
        float high = value == 0 ? 0f : value;
        return switch (operator) {
            case EQUAL -> FilterPredicate.and(FilterPredicate.gtEq(path, low), FilterPredicate.ltEq(path, high));
            case LESS -> FilterPredicate.lt(path, high);
            case AT_MOST -> FilterPredicate.ltEq(path, high);
            case GREATER -> FilterPredicate.gt(path, low);
            case AT_LEAST -> FilterPredicate.gtEq(path, low);
            case NOT_EQUAL -> null;
        };
    }

    private static FilterPredicate doubles(String path, Operator operator, double value) {
        double low = value == 0 ? -0.0 : value;
        double high = value == 0 ? 0.0 : value;
        return switch (operator) {
            case EQUAL -> FilterPredicate.and(FilterPredicate.gtEq(path, low), FilterPredicate.ltEq(path, high));
            case LESS -> FilterPredicate.lt(path, high);
            case AT_MOST -> FilterPredicate.ltEq(path, high);
            case GREATER -> FilterPredicate.gt(path, low);
            case AT_LEAST -> FilterPredicate.gtEq(path, low);
            case NOT_EQUAL -> null;
        };
    }
}
