// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import com.fasterxml.jackson.core.JsonToken;
import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/** Reads the JSON files of a checkpoint, such as config.json. */
public final class JsonFile {
    private static final int LARGEST = 64 << 20;
    private static final StrictJson.Limits LIMITS = new StrictJson.Limits(64, 4_000_000);

    private JsonFile() {}

    /**
     * The one object that a file holds, its keys in the file's order.
     *
     * <p>Values are maps, lists, {@link String}, {@link Long} ({@link java.math.BigInteger} beyond 64 bits), {@link Double},
     * {@link Boolean} or null, and none can be changed. Throws {@link CheckpointException} with the line and the column where
     * the file is not JSON, says one thing twice, has NaN or infinity, or is beyond 64 MB, 64 levels or 4,000,000 tokens.
     */
    public static Map<String, Object> read(Path file) {
        return read(file, Code.BAD_JSON, Code.DUPLICATE_KEY);
    }

    /** The same, with the caller's codes for mistakes in the syntax and for a key that stands twice. */
    @SuppressWarnings("unchecked") // an object's value is a map by the reader's promise
    static Map<String, Object> read(Path file, Code malformed, Code twice) {
        var source = new StrictJson.Source(file, "the file", malformed, malformed, twice, LIMITS);
        var json = new StrictJson(bytes(source), source);
        if (json.next() != JsonToken.START_OBJECT) {
            throw json.error(source.notJson(), "is not one JSON object");
        }
        var object = (Map<String, Object>) json.value();
        json.finish();
        return object;
    }

    private static ByteBuffer bytes(StrictJson.Source source) {
        try (var file = RegularFile.open(source.file())) {
            if (file.length() > LARGEST) {
                throw new CheckpointException(source.notJson(), source.file(),
                        source.what() + " has " + file.length() + " bytes, more than " + LARGEST);
            }
            var bytes = new byte[(int) file.length()];
            file.readFully(bytes);
            return ByteBuffer.wrap(bytes);
        } catch (IOException e) {
            throw new CheckpointException(Code.UNREADABLE, source.file(), "reading failed: " + e, e);
        }
    }
}
