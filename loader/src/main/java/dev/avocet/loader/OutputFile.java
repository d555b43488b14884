// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader;

import dev.avocet.core.AvocetException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears complete or not at all: it is written beside its place, and renamed by {@link #commit}. Closing it without that leaves
 * what was there before.
 */
public final class OutputFile implements AutoCloseable {
    private final Path place;
    private final Path unfinished;
    private final OutputStream stream;

    private OutputFile(Path place, Path unfinished, OutputStream stream) {
        this.place = place;
        this.unfinished = unfinished;
        this.stream = stream;
    }

    /** Throws {@link AvocetException} where the file can't be written, before work is done for it. */
    public static void requireWritable(Path file) {
        var folder = folderOf(file);
        if (Files.isDirectory(file)) {
            throw new AvocetException(file + " is a folder; name a file to write to");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new AvocetException(file + " is a pipe or a device; name a regular file to write to");
        }
        if (!Files.isDirectory(folder)) {
            throw new AvocetException(file + " can't be written: there is no folder " + folder + "; create it first");
        }
        if (!Files.isWritable(folder)) {
            throw new AvocetException(file + " can't be written: you may not write in the folder " + folder
                    + "; choose another one or change its permissions");
        }
    }

    /** Begins to write. */
    public static OutputFile create(Path file) {
        requireWritable(file);
        try {
            var place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            var unfinished = place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID() + ".part");
            var stream = Files.newOutputStream(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new OutputFile(place, unfinished, new BufferedOutputStream(stream, 1 << 16));
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /** Where to write; need not be closed. */
    public OutputStream stream() {
        return stream;
    }

    /** Puts the complete file in its place. */
    public void commit() {
        try {
            stream.close();
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed(place, e);
        }
    }

    /** An error in writing as the user should see it. */
    public static AvocetException failed(Path file, IOException e) {
        return new AvocetException(
                file + ": writing failed: " + e.getMessage() + "; check the space left and the permissions", e);
    }

    @Override
    public void close() {
        try (stream) {
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            // Closing writes the buffer's rest, which is not wanted any more.
        }
    }

    private static Path folderOf(Path file) {
        var folder = file.toAbsolutePath().getParent();
        return folder == null ? file.toAbsolutePath() : folder;
    }
}
