// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A folder where a device may keep weights as it laid them out, for later starts to map in place of laying them out
 * again. Only who asks for one has one: it takes as much of the disk as the weights.
 *
 * <p>A device that can't make use of it, or can't read or write it, goes on without.
 *
 * @param folder the folder, made when something is first written; it must belong to the user who runs this process, or to
 *     root, and nobody else may write to it
 * @param maxBytes the most that all files in it take; those not used for longest are deleted
 */
public record PackedCache(Path folder, long maxBytes) {
    private static final long DEFAULT_BYTES = 16L << 30;

    /** Refuses a size below 0. */
    public PackedCache {
        Objects.requireNonNull(folder);
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes must not be negative, and is " + maxBytes);
        }
    }

    /** This folder, with at most 16 GiB. */
    public static PackedCache in(Path folder) {
        return new PackedCache(folder, DEFAULT_BYTES);
    }

    /** The same with another bound. */
    public PackedCache withMaxBytes(long bytes) {
        return new PackedCache(folder, bytes);
    }
}
