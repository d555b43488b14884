// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import java.util.SequencedMap;

/**
 * What an index keeps of a picture besides its vector.
 *
 * @param source the folder or file that it is from, by which a later run finds what is gone from there
 * @param name what it is called in there; with the source, what tells it from all others
 * @param stamp changes when the picture or what is known of it may have changed
 * @param content a hash of the picture's bytes; empty where there were none
 * @param fields what is known of it, such as path, width or caption: texts, {@link Long} and {@link Double}
 * @param thumbnail a small JPEG; empty where there is none
 */
public record Entry(
        String source, String name, long stamp, byte[] content, SequencedMap<String, Object> fields, byte[] thumbnail) {
    /** Where the picture is, as a person would look for it. */
    public String place() {
        return fields.get("path") instanceof String path ? path : source + "#" + name;
    }
}
