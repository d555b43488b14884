// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An object in a JSON file whose fields are asked for by type; null counts as absent. */
final class JsonObject {
    private static final int SHOWN = 60;

    private final Path file;
    private final String where;
    private final Map<String, Object> fields;

    /** The object that is a whole file. */
    JsonObject(Path file, Map<String, Object> fields) {
        this(file, "", fields);
    }

    private JsonObject(Path file, String where, Map<String, Object> fields) {
        this.file = file;
        this.where = where;
        this.fields = fields;
    }

    Path file() {
        return file;
    }

    Set<String> keys() {
        return fields.keySet();
    }

    boolean has(String key) {
        return fields.get(key) != null;
    }

    /** A field of any type, or null. */
    Object get(String key) {
        return fields.get(key);
    }

    String text(String key, String otherwise) {
        return typed(key, String.class, "text", otherwise);
    }

    Boolean flag(String key, Boolean otherwise) {
        return typed(key, Boolean.class, "true or false", otherwise);
    }

    /** A field that is an object, or null. */
    JsonObject object(String key) {
        Map<?, ?> value = typed(key, Map.class, "an object", null);
        return value == null ? null : of(key, value);
    }

    /** A field that is a list; absent, an empty one. */
    List<?> list(String key) {
        return typed(key, List.class, "a list", List.of());
    }

    /** A field that is an integer from 0 to below a limit. */
    int integer(String key, int limit) {
        return integer(key, get(key), limit);
    }

    /** A value that stands somewhere in this object and is an integer from 0 to below a limit. */
    int integer(String name, Object value, int limit) {
        if (value instanceof Integer || value instanceof Long) {
            long integer = ((Number) value).longValue();
            if (integer >= 0 && integer < limit) {
                return (int) integer;
            }
        }
        throw error(name, "an integer from 0 to " + (limit - 1), value);
    }

    /** A value that stands somewhere in this object and is an object itself. */
    @SuppressWarnings("unchecked") // the keys of a JSON object are text
    JsonObject of(String name, Object value) {
        if (value instanceof Map<?, ?> map) {
            return new JsonObject(file, where + name + ".", (Map<String, Object>) map);
        }
        throw error(name, "an object", value);
    }

    /** The error that a field, or a value that stands somewhere in this object, is not what it should be. */
    TokenizerException error(String name, String wanted, Object found) {
        return new TokenizerException(file,
                "\"" + shown(where + name) + "\" should be " + wanted + ", found " + shown(String.valueOf(found)));
    }

    /** A stranger's text, short and without what a terminal would act upon. */
    private static String shown(String text) {
        return (text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text).replaceAll("\\p{C}", "?");
    }

    private <T> T typed(String key, Class<T> type, String wanted, T otherwise) {
        var value = fields.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!type.isInstance(value)) {
            throw error(key, wanted, value);
        }
        return type.cast(value);
    }
}
