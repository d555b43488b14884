// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
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
    /** How the names of its complete files end. */
    public static final String SUFFIX = ".packed";

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

    /** How much there is: the complete files, and their bytes. */
    public record Usage(int files, long bytes) {}

    /** What is in the folder now; nothing where there is no folder or it can't be read. */
    public Usage usage() {
        int files = 0;
        long bytes = 0;
        try (var all = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (var file : all) {
                files++;
                bytes += Files.size(file);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return new Usage(0, 0);
        }
        return new Usage(files, bytes);
    }

    /** The same with another bound. */
    public PackedCache withMaxBytes(long bytes) {
        return new PackedCache(folder, bytes);
    }
}
