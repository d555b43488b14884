// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.coyo.parquet.Filter.And;
import dev.avocet.coyo.parquet.Filter.Comparison;
import dev.avocet.coyo.parquet.Filter.Contains;
import dev.avocet.coyo.parquet.Filter.IsMissing;
import dev.avocet.coyo.parquet.Filter.Not;
import dev.avocet.coyo.parquet.Filter.Operator;
import dev.avocet.coyo.parquet.Filter.Or;
import dev.avocet.coyo.parquet.Operand.Literal;
import dev.avocet.coyo.parquet.Operand.Probability;
import dev.avocet.coyo.parquet.Operand.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads filters by recursive descent:
 *
 * <pre>
 * any     = all {"or" all}
 * all     = one {"and" one}
 * one     = "not" one | "(" any ")" | operand (comparator operand | "contains" text | "is" ["not"] "null")
 * operand = number | text | "true" | "false" | name | name "[" integer "]"
 * </pre>
 */
final class FilterParser {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(?<number>[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)"
                    + "|(?<name>[\\p{L}_][\\p{L}\\p{N}_.]*)"
                    + "|(?<text>'(?:[^']|'')*'|\"[^\"]*\")"
                    + "|(?<sign><=|>=|!=|<>|==|[=<>()\\[\\]]))");
    private static final Map<String, Operator> OPERATORS = Map.of(
            "=", Operator.EQUAL, "==", Operator.EQUAL, "!=", Operator.NOT_EQUAL, "<>", Operator.NOT_EQUAL,
            "<", Operator.LESS, "<=", Operator.AT_MOST, ">", Operator.GREATER, ">=", Operator.AT_LEAST);
    private static final Set<String> WORDS = Set.of("and", "or", "not", "is", "null", "contains", "true", "false");
    /** So deep that nobody writes it, so shallow that no stack overflows. */
    private static final int DEEPEST = 200;

    private final List<Token> tokens = new ArrayList<>();
    private int next;
    private int depth;

    private enum Kind {
        NUMBER, TEXT, NAME, WORD, SIGN, END
    }

    /** @param at counted from 1 */
    private record Token(Kind kind, String text, int at) {
        boolean is(String sign) {
            return (kind == Kind.SIGN || kind == Kind.WORD) && text.equals(sign);
        }

        @Override
        public String toString() {
            return kind == Kind.END ? "the end" : "\"" + text + "\"";
        }
    }

    FilterParser(String filter) {
        var matcher = TOKEN.matcher(filter);
        int at = 0;
        int length = filter.stripTrailing().length();
        while (at < length) {
            if (!matcher.region(at, length).lookingAt()) {
                int wrong = at + (int) filter.substring(at).chars().takeWhile(Character::isWhitespace).count();
                char sign = filter.charAt(wrong);
                throw new FilterException(wrong + 1, sign == '\'' || sign == '"'
                        ? "this text has no end; close it with " + sign
                        : "\"" + Character.toString(filter.codePointAt(wrong)) + "\" means nothing here");
            }
            tokens.add(token(matcher));
            at = matcher.end();
        }
        tokens.add(new Token(Kind.END, "", length + 1));
    }

    private static Token token(Matcher matcher) {
        for (var kind : Kind.values()) {
            var group = kind.name().toLowerCase(Locale.ROOT);
            if (kind == Kind.WORD || kind == Kind.END || matcher.group(group) == null) {
                continue;
            }
            var text = matcher.group(group);
            int at = matcher.start(group) + 1;
            var word = text.toLowerCase(Locale.ROOT);
            return kind == Kind.NAME && WORDS.contains(word)
                    ? new Token(Kind.WORD, word, at)
                    : new Token(kind, text, at);
        }
        throw new IllegalStateException("a token of no kind");
    }

    Filter parse() {
        if (peek().kind() == Kind.END) {
            throw new FilterException(1, "it is empty; write a condition such as num_faces = 0");
        }
        var filter = any();
        if (peek().kind() != Kind.END) {
            throw wrong("\"and\", \"or\" or the end");
        }
        return filter;
    }

    private Filter any() {
        var parts = new ArrayList<>(List.of(all()));
        while (accept("or")) {
            parts.add(all());
        }
        return parts.size() == 1 ? parts.getFirst() : new Or(List.copyOf(parts));
    }

    private Filter all() {
        var parts = new ArrayList<>(List.of(one()));
        while (accept("and")) {
            parts.add(one());
        }
        return parts.size() == 1 ? parts.getFirst() : new And(List.copyOf(parts));
    }

    private Filter one() {
        if (++depth > DEEPEST) {
            throw new FilterException(peek().at(), "it is nested more than " + DEEPEST + " deep");
        }
        try {
            if (accept("not")) {
                return new Not(one());
            }
            if (accept("(")) {
                var inner = any();
                expect(")");
                return inner;
            }
            return condition();
        } finally {
            depth--;
        }
    }

    private Filter condition() {
        var left = operand();
        if (accept("is")) {
            boolean isNot = accept("not");
            expect("null");
            return isNot ? new Not(new IsMissing(left)) : new IsMissing(left);
        }
        if (accept("contains")) {
            if (peek().kind() != Kind.TEXT) {
                throw wrong("a text in quotes");
            }
            return new Contains(left, unquoted(tokens.get(next++).text()));
        }
        var operator = OPERATORS.get(peek().text());
        if (operator == null || peek().kind() != Kind.SIGN) {
            throw wrong("a comparison such as < or =, \"contains\" or \"is null\"");
        }
        next++;
        var right = operand();
        return left instanceof Literal
                ? new Comparison(right, operator.mirrored(), left)
                : new Comparison(left, operator, right);
    }

    private Operand operand() {
        var token = peek();
        next++;
        return switch (token.kind()) {
            case NUMBER -> new Literal(number(token), token.at());
            case TEXT -> new Literal(unquoted(token.text()), token.at());
            case NAME -> accept("[") ? element(token) : new Value(token.text(), token.at());
            case WORD, SIGN, END -> {
                if (token.is("true") || token.is("false")) {
                    yield new Literal(token.is("true"), token.at());
                }
                next--;
                throw wrong("a column's name, a number or a text in quotes");
            }
        };
    }

    private Operand element(Token name) {
        if (!name.text().equals(Operand.LABELS)) {
            throw new FilterException(name.at(), "only " + Operand.LABELS + " takes a number in brackets");
        }
        var token = peek();
        if (token.kind() != Kind.NUMBER || !(number(token) instanceof Long label) || label < 0) {
            throw wrong("the number of a label");
        }
        next++;
        expect("]");
        return new Probability(label, name.at());
    }

    private static Number number(Token token) {
        try {
            return Long.valueOf(token.text());
        } catch (NumberFormatException e) {
            return Double.valueOf(token.text());
        }
    }

    private static String unquoted(String text) {
        var inside = text.substring(1, text.length() - 1);
        return text.charAt(0) == '\'' ? inside.replace("''", "'") : inside;
    }

    private Token peek() {
        return tokens.get(next);
    }

    private boolean accept(String sign) {
        boolean isThere = peek().is(sign);
        next += isThere ? 1 : 0;
        return isThere;
    }

    private void expect(String sign) {
        if (!accept(sign)) {
            throw wrong("\"" + sign + "\"");
        }
    }

    private FilterException wrong(String wanted) {
        return new FilterException(peek().at(), "wanted " + wanted + ", found " + peek());
    }
}
