// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An object in a JSON file whose fields are asked for by type; null counts as absent. */
final class JsonObject {
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

    /** A field that is a token's id: an integer from 0 to a limit. */
    int id(String key, int limit) {
        return id(where + key, get(key), limit);
    }

    /** A value that stands somewhere in this object as a token's id. */
    int id(String name, Object value, int limit) {
        if (value instanceof Integer || value instanceof Long) {
            long id = ((Number) value).longValue();
            if (id >= 0 && id < limit) {
                return (int) id;
            }
        }
        throw error(name, "an id from 0 to " + (limit - 1), value);
    }

    /** A value that stands somewhere in this object and is an object itself. */
    @SuppressWarnings("unchecked") // the keys of a JSON object are text
    JsonObject of(String name, Object value) {
        if (value instanceof Map<?, ?> map) {
            return new JsonObject(file, where + name + ".", (Map<String, Object>) map);
        }
        throw error(where + name, "an object", value);
    }

    TokenizerException error(String name, String wanted, Object found) {
        var text = String.valueOf(found).replaceAll("\\p{C}", "?");
        return new TokenizerException(file, "\"" + name + "\" should be " + wanted + ", found "
                + (text.length() > 60 ? text.substring(0, 60) + "..." : text));
    }

    private <T> T typed(String key, Class<T> type, String wanted, T otherwise) {
        var value = fields.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!type.isInstance(value)) {
            throw error(where + key, wanted, value);
        }
        return type.cast(value);
    }
}
