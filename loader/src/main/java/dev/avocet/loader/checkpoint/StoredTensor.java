// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.util.List;

/**
 * What a file's header says of one tensor.
 *
 * @param name the key, any text at all; {@link #toString} shows it safely
 * @param type the type of its elements
 * @param shape the extents, outermost first; empty for a scalar
 * @param begin where its bytes start, counted from the end of the header
 * @param end where its bytes end, exclusive
 */
public record StoredTensor(String name, StoredType type, List<Long> shape, long begin, long end) {
    /** Keeps a shape of its own. */
    public StoredTensor {
        shape = List.copyOf(shape);
    }

    /** The size in bytes. */
    public long bytes() {
        return end - begin;
    }

    /** For messages, with the name escaped: {@code "classifier.bias" F32 [1000]}. */
    @Override
    public String toString() {
        return Names.quote(name) + " " + type + " " + shape;
    }
}
