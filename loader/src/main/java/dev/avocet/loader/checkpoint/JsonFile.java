// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads JSON: the files of a checkpoint, such as config.json, and what a server says. */
public final class JsonFile {
    private static final int LARGEST = 64 << 20;
    private static final StrictJson.Limits LIMITS = new StrictJson.Limits(64, 4_000_000);

    private JsonFile() {}

    /**
     * The one object that a file holds, its keys in the file's order.
     *
     * <p>Values are maps, lists, {@link String}, {@link Long} ({@link java.math.BigInteger} beyond 64 bits), {@link
     * Double}, {@link Boolean} or null, and none can be changed. Throws {@link CheckpointException} with the line and
     * the column where the file is not JSON, says one thing twice, has NaN or infinity, or is beyond 64 MB, 64 levels
     * or 4,000,000 tokens.
     */
    public static Map<String, Object> read(Path file) {
        return read(file, Code.BAD_JSON, Code.DUPLICATE_KEY);
    }

    /** The one list that a file holds, by the same rules. */
    public static List<?> readList(Path file) {
        if (parse(bytes(file, Code.BAD_JSON), file) instanceof List<?> list) {
            return list;
        }
        throw new CheckpointException(Code.BAD_JSON, file, "the file is not one JSON list");
    }

    /** The one value of a document that came by another way, by the same rules; {@code origin} stands in errors. */
    public static Object parse(byte[] utf8, Path origin) {
        var source = new StrictJson.Source(origin, "it", Code.BAD_JSON, Code.BAD_JSON, Code.DUPLICATE_KEY, LIMITS);
        var json = new StrictJson(utf8, source);
        json.next();
        var value = json.value();
        json.finish();
        return value;
    }

    /** The same, with the caller's codes for mistakes in the syntax and for a key that stands twice. */
    static Map<String, Object> read(Path file, Code malformed, Code twice) {
        try {
            return object(bytes(file, malformed), file, malformed, twice);
        } catch (OutOfMemoryError e) {
            throw new CheckpointException(Code.NO_MEMORY, file, "the heap has no room for the file's values", e);
        }
    }

    /** The same for what stands in a file. */
    @SuppressWarnings("unchecked") // an object's value is a map by the reader's promise
    static Map<String, Object> object(byte[] utf8, Path file, Code malformed, Code twice) {
        var json = new StrictJson(utf8, new StrictJson.Source(file, "the file", malformed, malformed, twice, LIMITS));
        if (json.next() != StrictJson.Token.BEGIN_OBJECT) {
            throw json.error(malformed, "is not one JSON object");
        }
        var object = (Map<String, Object>) json.value();
        json.finish();
        return object;
    }

    private static byte[] bytes(Path path, Code tooLarge) {
        try (var file = RegularFile.open(path)) {
            long size = file.length();
            if (size > LARGEST) {
                throw new CheckpointException(tooLarge, path, "the file has " + size + " bytes, more than " + LARGEST);
            }
            var bytes = new byte[(int) size];
            file.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            throw new CheckpointException(Code.UNREADABLE, path, "reading failed: " + e, e);
        }
    }
}
