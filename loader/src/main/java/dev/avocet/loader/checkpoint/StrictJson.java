// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.io.Reader;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
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
 * Reads one JSON document token by token, and only what all readers understand alike.
 *
 * <p>Stricter than RFC 8259 where it leaves a choice: no key twice, no half of a surrogate pair, no number beyond the range of
 * a double, no byte order mark, and a bounded depth.
 */
final class StrictJson {
    private static final int LONGEST_TEXT = 20_000_000;
    /** An integer of no more characters is within the range of a double. */
    private static final int SAFE_DIGITS = 308;
    private static final int MOST_KEYS = 1_000_000;

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

    /** The deepest nesting of objects and arrays, and the most tokens: what bounds the memory that a document's value takes. */
    record Limits(int depth, long tokens) {}

    private final Source source;
    private final JsonParser parser;
    private final Deque<Set<String>> keys = new ArrayDeque<>();

    StrictJson(ByteBuffer utf8, Source source) {
        this.source = source;
        var limits = StreamReadConstraints.builder()
                .maxNestingDepth(source.limits().depth())
                .maxTokenCount(source.limits().tokens())
                .maxNameLength(LONGEST_TEXT)
                .maxStringLength(LONGEST_TEXT)
                .build();
        // Names come from strangers and are used once: they have no place in a table that outlives the document.
        var factory = JsonFactory.builder()
                .streamReadConstraints(limits)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
        try {
            this.parser = factory.createParser(new Utf8Reader(utf8));
        } catch (IOException impossible) {
            throw new AssertionError("nothing is read yet", impossible);
        }
    }

    /** The next token of an unfinished document. */
    JsonToken next() {
        return next(source.notJson());
    }

    /** The next token, with another code for a malformed one that stands where this code says more. */
    JsonToken next(Code malformed) {
        var token = advance(malformed);
        if (token == null) {
            throw error(source.notJson(), "ends too early");
        }
        switch (token) {
            case START_OBJECT -> keys.push(new HashSet<>());
            case END_OBJECT -> keys.pop();
            case FIELD_NAME -> checkKey(text());
            case VALUE_STRING -> requireWholeCharacters();
            case VALUE_NUMBER_FLOAT -> requireFinite();
            case VALUE_NUMBER_INT -> {
                if (text().length() > SAFE_DIGITS) {
                    requireFinite();
                }
            }
            default -> { }
        }
        return token;
    }

    /** The current token. */
    JsonToken token() {
        return parser.currentToken();
    }

    /** The current token as the document spells it; a name or a string without its quotes and escapes. */
    String text() {
        try {
            return parser.getText();
        } catch (IOException e) {
            throw translated(e, source.notJson());
        }
    }

    /** Consumes the value that starts at the current token: a map, a list, text, a number, a boolean or null. */
    Object value() {
        return switch (token()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> text();
            case VALUE_NUMBER_INT -> integer(text());
            case VALUE_NUMBER_FLOAT -> Double.valueOf(text());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** Passes over the next value, which is checked like all others. */
    void skip() {
        var open = 0;
        do {
            switch (next()) {
                case START_OBJECT, START_ARRAY -> open++;
                case END_OBJECT, END_ARRAY -> open--;
                default -> { }
            }
        } while (open > 0);
    }

    /** Checks that nothing but white space follows. */
    void finish() {
        if (advance(source.notJson()) != null) {
            throw error(source.notJson(), "has something after its end");
        }
    }

    /** An error at the current position. */
    CheckpointException error(Code code, String problem) {
        return error(code, problem, null);
    }

    private Map<String, Object> object() {
        var entries = new LinkedHashMap<String, Object>();
        while (next() != JsonToken.END_OBJECT) {
            var key = text();
            next();
            entries.put(key, value());
        }
        return Collections.unmodifiableMap(entries);
    }

    private List<Object> array() {
        var elements = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            elements.add(value());
        }
        return Collections.unmodifiableList(elements);
    }

    private static Object integer(String digits) {
        var value = new BigInteger(digits);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private JsonToken advance(Code malformed) {
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw translated(e, malformed);
        }
    }

    private void checkKey(String key) {
        requireWholeCharacters();
        var seen = keys.element();
        if (!seen.add(key)) {
            throw error(source.twice(), "has the key " + Names.quote(key) + " twice in one object");
        }
        if (seen.size() > MOST_KEYS) {
            throw error(Code.TOO_MANY_KEYS, "has more than " + MOST_KEYS + " keys in one object");
        }
    }

    private void requireWholeCharacters() {
        var text = text();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            boolean isPair = Character.isHighSurrogate(unit) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (isPair) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                throw error(source.notJson(), "has half of a surrogate pair in the text " + Names.quote(text));
            }
        }
    }

    private void requireFinite() {
        if (!Double.isFinite(Double.parseDouble(text()))) {
            throw error(source.notJson(), "has a number beyond the range of a double");
        }
    }

    private CheckpointException translated(IOException e, Code malformed) {
        return switch (e) {
            case CharacterCodingException _ -> error(source.notUtf8(), "is not UTF-8", e);
            case JsonEOFException _ -> error(source.notJson(), "ends too early", e);
            case StreamReadException bad -> error(malformed, "is not valid JSON: " + bad.getOriginalMessage(), e);
            case JsonProcessingException limit -> error(source.notJson(), "is too much: " + limit.getOriginalMessage(), e);
            default -> throw new AssertionError("memory is all that is read", e);
        };
    }

    private CheckpointException error(Code code, String problem, Throwable cause) {
        var at = parser.currentLocation();
        return new CheckpointException(code, source.file(), source.what() + " " + problem + ", at line " + at.getLineNr()
                + ", column " + at.getColumnNr(), cause);
    }

    /** Decodes piece by piece, so that a large document is never held as text; anything but well-formed UTF-8 is an error. */
    private static final class Utf8Reader extends Reader {
        private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        private final ByteBuffer utf8;

        Utf8Reader(ByteBuffer utf8) {
            this.utf8 = utf8;
        }

        @Override
        public int read(char[] into, int offset, int length) throws CharacterCodingException {
            var chars = CharBuffer.wrap(into, offset, length);
            var result = decoder.decode(utf8, chars, true);
            int count = length - chars.remaining();
            if (result.isError() && count == 0) {
                result.throwException();
            }
            return count > 0 ? count : -1;
        }

        @Override
        public void close() {}
    }
}
