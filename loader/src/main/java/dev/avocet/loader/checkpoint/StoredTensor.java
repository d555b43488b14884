// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.util.List;

/**
 * What a file says of one tensor.
 *
 * @param name the key, any text at all; {@link #toString} shows it safely
 * @param type the type of its elements
 * @param shape the extents, outermost first; empty for a scalar
 * @param strides by how many elements those next to each other along each dimension are apart; empty where all lie in
 *     C order without gaps
 * @param begin where its bytes start, counted from where the file's data does
 * @param end where the last of its bytes ends, exclusive
 */
public record StoredTensor(String name, StoredType type, List<Long> shape, List<Long> strides, long begin, long end) {
    /** Keeps lists of its own. */
    public StoredTensor {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
    }

    /** A tensor whose elements lie in C order without gaps. */
    public StoredTensor(String name, StoredType type, List<Long> shape, long begin, long end) {
        this(name, type, shape, List.of(), begin, end);
    }

    /** The size of all its elements in bytes. */
    public long bytes() {
        return isInOrder() ? end - begin : shape.stream().reduce(1L, (a, b) -> a * b) * (type.bits() / Byte.SIZE);
    }

    /** Whether the elements lie in C order without gaps. */
    boolean isInOrder() {
        return strides.isEmpty();
    }

    /** For messages, with the name escaped: {@code "classifier.bias" F32 [1000]}. */
    @Override
    public String toString() {
        return Names.quote(name) + " " + type + " " + shape;
    }
}
