// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.AvocetException;

/** What {@link Align#embedEach} has of a picture: its vector, or why there is none. */
public sealed interface Embedding {
    /** The vector, of Euclidean length 1. */
    record Vector(float[] values) implements Embedding {}

    /** The picture could not be decoded. */
    record Refused(AvocetException reason) implements Embedding {}
}
