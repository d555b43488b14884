// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.loader.checkpoint.CheckpointException.Code;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens files that strangers may have put there: opening a pipe would wait for ever, and each obstacle has its own
 * error.
 */
final class RegularFile {
    private RegularFile() {}

    /** The file, open for reading; unlike a channel it is not closed when a thread that uses it is interrupted. */
    static RandomAccessFile open(Path path) {
        requireDefaultFileSystem(path);
        var attributes = attributes(path);
        if (!attributes.isRegularFile()) {
            throw new CheckpointException(Code.NOT_A_FILE, path,
                    attributes.isDirectory() ? "this is a folder" : "this is a pipe, a socket or a device");
        }
        try {
            return new RandomAccessFile(path.toFile(), "r");
        } catch (FileNotFoundException e) {
            if (!Files.isReadable(path)) {
                throw new CheckpointException(Code.NO_PERMISSION, path, "this file may not be read", e);
            }
            throw new CheckpointException(Code.UNREADABLE, path, "opening failed: " + e.getMessage(), e);
        }
    }

    /** What the path leads to, through symbolic links. */
    static BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(Code.NOT_FOUND, path, Files.isSymbolicLink(path)
                    ? "this symbolic link leads to a file that does not exist"
                    : "there is no such file or folder", e);
        } catch (AccessDeniedException e) {
            throw new CheckpointException(Code.NO_PERMISSION, path, "a folder on the way to it may not be entered", e);
        } catch (FileSystemException e) {
            // The platform has no exception of its own for a loop.
            if (Files.isSymbolicLink(path)) {
                throw new CheckpointException(Code.SYMLINK_LOOP, path, "this symbolic link leads in a circle", e);
            }
            throw new CheckpointException(Code.UNREADABLE, path, "it can't be looked up: " + e.getReason(), e);
        } catch (IOException e) {
            throw new CheckpointException(Code.UNREADABLE, path, "it can't be looked up: " + e.getMessage(), e);
        }
    }

    private static void requireDefaultFileSystem(Path path) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new CheckpointException(Code.NOT_A_FILE, path, "only files of the operating system can be mapped, "
                    + "not those inside an archive");
        }
    }
}
