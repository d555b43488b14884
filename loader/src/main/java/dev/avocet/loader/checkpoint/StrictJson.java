// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one JSON document (RFC 8259) token by token, and only what all readers understand alike.
 *
 * <p>Where the standard leaves a choice it takes the strict one: no key twice in an object, no half of a surrogate
 * pair, no number beyond the range of a double, no byte order mark, and a bounded depth. It uses no recursion but in
 * {@link #value}, and no memory beyond the document's but for the keys of open objects.
 */
final class StrictJson {
    private static final int MOST_KEYS = 1_000_000;
    private static final int LONGEST_NUMBER = 1000;
    /** An integer of no more characters is within the range of a double. */
    private static final int SAFE_DIGITS = 308;

    /** What a document consists of. */
    enum Token {
        BEGIN_OBJECT,
        END_OBJECT,
        BEGIN_ARRAY,
        END_ARRAY,
        KEY,
        TEXT,
        INTEGER,
        DECIMAL,
        TRUE,
        FALSE,
        NULL
    }

    /**
     * Who reads what.
     *
     * @param file the file to name in errors
     * @param what the document in a few words, such as "the header"
     * @param notUtf8 the code for bytes that are not UTF-8
     * @param notJson the code for mistakes in syntax and for limits
     * @param twice the code for a key that stands twice
     * @param limits what is too much
     */
    record Source(Path file, String what, Code notUtf8, Code notJson, Code twice, Limits limits) {}

    /**
     * The deepest nesting of objects and arrays, and the most tokens, which bound the memory that a document's value
     * takes.
     */
    record Limits(int depth, long tokens) {}

    /** What may come next. */
    private enum Expect {
        VALUE,
        VALUE_OR_END,
        KEY,
        KEY_OR_END,
        COMMA_OR_END,
        NOTHING
    }

    private final Source source;
    private final byte[] utf8;
    private final boolean[] isObject;
    private final Deque<Set<String>> keys = new ArrayDeque<>();
    private int depth;
    private int at;
    private long tokens;
    private Expect expect = Expect.VALUE;
    private Token token;
    private String text;

    /** Starts before the first token; throws {@link CheckpointException} for bytes that are not UTF-8. */
    StrictJson(byte[] utf8, Source source) {
        this.source = source;
        this.utf8 = utf8;
        this.isObject = new boolean[source.limits().depth()];
        requireUtf8();
    }

    /** The next token of an unfinished document. */
    Token next() {
        return next(source.notJson());
    }

    /** The next token, with another code for a malformed number, whose place says more of what is wrong. */
    Token next(Code malformed) {
        if (++tokens > source.limits().tokens()) {
            throw error(source.notJson(), "has more than " + source.limits().tokens() + " tokens");
        }
        byte first = firstByte();
        if (expect == Expect.COMMA_OR_END && first == ',') {
            at++;
            expect = isObject[depth - 1] ? Expect.KEY : Expect.VALUE;
            first = firstByte();
        }
        token = switch (expect) {
            case COMMA_OR_END -> end(first);
            case KEY_OR_END -> first == '}' ? end(first) : key(first);
            case VALUE_OR_END -> first == ']' ? end(first) : begin(first, malformed);
            case KEY -> key(first);
            case VALUE -> begin(first, malformed);
            case NOTHING -> throw error(source.notJson(), "is over");
        };
        return token;
    }

    /** The current token. */
    Token token() {
        return token;
    }

    /** The current token as it is spelt, a key or a text without its quotes and escapes. */
    String text() {
        return text;
    }

    /** Consumes the value that starts at the current token: a map, a list, text, a number, a boolean or null. */
    Object value() {
        return switch (token) {
            case BEGIN_OBJECT -> object();
            case BEGIN_ARRAY -> array();
            case TEXT -> text;
            case INTEGER -> integer();
            case DECIMAL -> Double.valueOf(text);
            case TRUE -> true;
            case FALSE -> false;
            case NULL -> null;
            case END_OBJECT, END_ARRAY, KEY -> throw new IllegalStateException(token + " starts no value");
        };
    }

    /** Passes over the next value, which is checked like all others. */
    void skip() {
        int outside = depth;
        do {
            next();
        } while (depth > outside);
    }

    /** Checks that nothing but white space follows. */
    void finish() {
        skipSpace();
        if (at < utf8.length) {
            throw error(source.notJson(), "has something after its end");
        }
    }

    /** An error at the current position. */
    CheckpointException error(Code code, String problem) {
        var line = 1;
        var column = 1;
        for (int i = 0; i < at; i++) {
            if (utf8[i] == '\n') {
                line++;
                column = 1;
            } else if ((utf8[i] & 0xC0) != 0x80) { // not the second or a later byte of a character
                column++;
            }
        }
        return new CheckpointException(code, source.file(),
                source.what() + " " + problem + ", at line " + line + ", column " + column);
    }

    private Map<String, Object> object() {
        var entries = new LinkedHashMap<String, Object>();
        while (next() != Token.END_OBJECT) {
            var key = text;
            next();
            entries.put(key, value());
        }
        return Collections.unmodifiableMap(entries);
    }

    private List<Object> array() {
        var elements = new ArrayList<>();
        while (next() != Token.END_ARRAY) {
            elements.add(value());
        }
        return Collections.unmodifiableList(elements);
    }

    private Object integer() {
        var value = new BigInteger(text);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private Token begin(byte first, Code malformed) {
        return switch (first) {
            case '{' -> open(true);
            case '[' -> open(false);
            case '"' -> {
                text = readText();
                yield ended(Token.TEXT);
            }
            default -> word(malformed);
        };
    }

    private Token open(boolean object) {
        if (depth == isObject.length) {
            throw error(source.notJson(), "is nested deeper than " + isObject.length + " levels");
        }
        at++;
        text = object ? "{" : "[";
        isObject[depth++] = object;
        if (object) {
            keys.push(new HashSet<>());
        }
        expect = object ? Expect.KEY_OR_END : Expect.VALUE_OR_END;
        return object ? Token.BEGIN_OBJECT : Token.BEGIN_ARRAY;
    }

    private Token end(byte first) {
        boolean object = isObject[depth - 1];
        if (first != (object ? '}' : ']')) {
            throw error(source.notJson(), "has " + shown(first) + " in place of a comma or the end of the "
                    + (object ? "object" : "array"));
        }
        at++;
        text = object ? "}" : "]";
        depth--;
        if (object) {
            keys.pop();
        }
        return ended(object ? Token.END_OBJECT : Token.END_ARRAY);
    }

    private Token ended(Token value) {
        expect = depth == 0 ? Expect.NOTHING : Expect.COMMA_OR_END;
        return value;
    }

    private Token key(byte first) {
        if (first != '"') {
            throw error(source.notJson(), "has " + shown(first) + " in place of a key in quotes");
        }
        text = readText();
        var seen = keys.element();
        if (!seen.add(text)) {
            throw error(source.twice(), "has the key " + Names.quote(text) + " twice in one object");
        }
        if (seen.size() > MOST_KEYS) {
            throw error(Code.TOO_MANY_KEYS, "has more than " + MOST_KEYS + " keys in one object");
        }
        byte colon = firstByte();
        if (colon != ':') {
            throw error(source.notJson(),
                    "has " + shown(colon) + " in place of the colon behind the key " + Names.quote(text));
        }
        at++;
        expect = Expect.VALUE;
        return Token.KEY;
    }

    /** A number, true, false or null: all that comes without quotes, up to where it ends. */
    private Token word(Code malformed) {
        int start = at;
        int end = at;
        while (end < utf8.length && isInWord(utf8[end])) {
            end++;
        }
        if (end == utf8.length) {
            at = end;
            throw tooEarly();
        }
        if (end == start) {
            throw error(source.notJson(), "has " + shown(utf8[at]) + " in place of a value");
        }
        if (end - start > LONGEST_NUMBER) {
            throw error(malformed, "has a value of " + (end - start) + " characters without quotes");
        }
        text = new String(utf8, start, end - start, StandardCharsets.US_ASCII);
        var word = switch (text) {
            case "true" -> Token.TRUE;
            case "false" -> Token.FALSE;
            case "null" -> Token.NULL;
            default -> number(malformed);
        };
        at = end;
        return ended(word);
    }

    private Token number(Code malformed) {
        int whole = text.startsWith("-") ? 1 : 0;
        int fraction = digits(whole);
        boolean isNumber = fraction > whole && (text.charAt(whole) != '0' || fraction == whole + 1);
        int exponent = fraction;
        if (startsAt(fraction, '.')) {
            exponent = digits(fraction + 1);
            isNumber &= exponent > fraction + 1;
        }
        int end = exponent;
        if (startsAt(exponent, 'e') || startsAt(exponent, 'E')) {
            int power = exponent + (startsAt(exponent + 1, '+') || startsAt(exponent + 1, '-') ? 2 : 1);
            end = digits(power);
            isNumber &= end > power;
        }
        if (!isNumber || end < text.length()) {
            throw error(isOfNumbers(text) ? malformed : source.notJson(),
                    "has " + Names.quote(text) + " in place of a value");
        }
        boolean isInteger = end == fraction;
        if ((!isInteger || end > SAFE_DIGITS) && Double.isInfinite(Double.parseDouble(text))) {
            throw error(source.notJson(), "has a number beyond the range of a double");
        }
        return isInteger ? Token.INTEGER : Token.DECIMAL;
    }

    /** Whether it is a number that JSON would have written differently, such as 02, and no word such as NaN. */
    private static boolean isOfNumbers(String word) {
        return word.chars().allMatch(unit -> unit >= '0' && unit <= '9' || "+-.eE".indexOf(unit) >= 0);
    }

    private boolean startsAt(int index, char expected) {
        return index < text.length() && text.charAt(index) == expected;
    }

    /** Where the digits from there on end. */
    private int digits(int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private String readText() {
        at++;
        StringBuilder unescaped = null;
        while (true) {
            int start = at;
            while (at < utf8.length && utf8[at] != '"' && utf8[at] != '\\' && (utf8[at] >= ' ' || utf8[at] < 0)) {
                at++;
            }
            var plain = new String(utf8, start, at - start, StandardCharsets.UTF_8);
            switch (byteAt(at)) {
                case '"' -> {
                    at++;
                    return unescaped == null ? plain : unescaped.append(plain).toString();
                }
                case '\\' -> {
                    unescaped = unescaped == null ? new StringBuilder() : unescaped;
                    readEscape(unescaped.append(plain));
                }
                default -> throw error(source.notJson(), "has " + shown(utf8[at]) + " unescaped in a text");
            }
        }
    }

    private void readEscape(StringBuilder into) {
        byte kind = byteAt(at + 1);
        if (kind == 'u') {
            char unit = readHex();
            into.append(unit);
            if (Character.isHighSurrogate(unit) && byteAt(at) == '\\' && byteAt(at + 1) == 'u') {
                char second = readHex();
                into.append(second);
                unit = Character.isLowSurrogate(second) ? ' ' : unit;
            }
            if (Character.isSurrogate(unit)) {
                throw error(source.notJson(), "has half of a surrogate pair in a text");
            }
            return;
        }
        into.append(switch (kind) {
            case '"', '\\', '/' -> (char) kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> throw error(source.notJson(), "has the unknown escape \\" + shown(kind) + " in a text");
        });
        at += 2;
    }

    /** The UTF-16 unit that an escape of four hexadecimal digits stands for. */
    private char readHex() {
        var unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            // Beyond ASCII other systems of digits would count, too.
            int digit = byteAt(i) < 0 ? -1 : Character.digit(utf8[i], 16);
            if (digit < 0) {
                throw error(source.notJson(), "has an escape without four hexadecimal digits in a text");
            }
            unit = unit << 4 | digit;
        }
        at += 6;
        return (char) unit;
    }

    private byte firstByte() {
        skipSpace();
        return byteAt(at);
    }

    private void skipSpace() {
        while (at < utf8.length && (utf8[at] == ' ' || utf8[at] == '\n' || utf8[at] == '\r' || utf8[at] == '\t')) {
            at++;
        }
    }

    private byte byteAt(int index) {
        if (index >= utf8.length) {
            at = utf8.length;
            throw tooEarly();
        }
        return utf8[index];
    }

    private CheckpointException tooEarly() {
        return error(source.notJson(), "ends too early");
    }

    private static boolean isInWord(byte unit) {
        return unit >= '0' && unit <= '9' || unit >= 'a' && unit <= 'z' || unit >= 'A' && unit <= 'Z'
                || unit == '-' || unit == '+' || unit == '.' || unit == '_';
    }

    private static String shown(byte unit) {
        return unit > ' ' && unit < 0x7f ? "'" + (char) unit + "'" : "the byte 0x%02x".formatted(unit);
    }

    private void requireUtf8() {
        var decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var bytes = ByteBuffer.wrap(utf8);
        var discarded = CharBuffer.allocate(8192);
        while (bytes.hasRemaining()) {
            var result = decoder.decode(bytes, discarded.clear(), true);
            if (result.isError()) {
                at = bytes.position();
                throw error(source.notUtf8(), "is not UTF-8");
            }
        }
    }
}
