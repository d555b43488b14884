// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import java.util.Optional;
import java.util.SequencedMap;

/** Pictures to be indexed, one after the other, from one folder or file; belongs to one thread at a time. */
public interface PictureSource extends AutoCloseable {
    /** What the entries' source is to be. */
    String name();

    /** How many pictures there are, as far as one can tell beforehand. */
    long size();

    /** The next picture; empty at the end. Throws {@link dev.avocet.core.AvocetException} where it can't go on. */
    Optional<Item> next();

    @Override
    void close();

    /**
     * A picture.
     *
     * @param name what tells it from the others of the source
     * @param stamp changes when the picture or the fields may have changed
     */
    record Item(String name, long stamp, SequencedMap<String, Object> fields, Content content) {
        /** Where the picture is, as a person would look for it. */
        String place(String source) {
            return fields.get("path") instanceof String path ? path : source + "#" + name;
        }
    }

    /** What there is of a picture. */
    sealed interface Content {
        /** Its bytes, in whichever format; to be read by any thread. */
        non-sealed interface Bytes extends Content {
            /** Reads them; throws {@link dev.avocet.core.AvocetException} where that is impossible. */
            byte[] read();
        }

        /** Its vector, which the same model has made before, and which has length 1. */
        record Vector(float[] values) implements Content {}

        /** Nothing, for a reason. */
        record Missing(String reason) implements Content {}
    }
}
