// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.PackedCache;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Writes to a {@link PackedCache}, one process and one file at a time: under another name first, then on the disk, then
 * renamed. What a killed process left is deleted by the next that writes, and nothing that can be seen by its name is
 * ever changed: others may have it mapped.
 */
record CacheFolder(PackedCache cache) {
    private static final System.Logger LOG = System.getLogger(CacheFolder.class.getName());
    private static final String PART = ".part";
    private static final long POLL_MILLIS = 50;
    /** What is left free on the disk: others need room, too. */
    private static final long MARGIN = 256 << 20;

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> OWNER_READS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------"));

    /** Writes a file's contents. */
    @FunctionalInterface
    interface Contents {
        /** Whether the file is to be kept after all. */
        boolean write(FileChannel to) throws IOException;
    }

    /** A complete file. */
    private record Entry(Path file, long bytes, FileTime used) {}

    /** Writes a file unless there is one of its name. */
    void write(Path file, long bytes, Contents contents) throws IOException {
        if (bytes > cache.maxBytes()) {
            throw new IOException("it has " + bytes + " bytes, and all together may have " + cache.maxBytes());
        }
        Files.createDirectories(cache.folder(), OWNER_ONLY);
        try (var _ = lock()) {
            if (Files.exists(file)) {
                return; // somebody else was faster
            }
            removeParts();
            makeRoom(bytes);
            long free = Files.getFileStore(cache.folder()).getUsableSpace();
            if (free < bytes + MARGIN) {
                throw new IOException("it has " + bytes + " bytes, and the disk has " + free + " left, of which "
                        + MARGIN + " are not for it");
            }
            write(cache.folder().resolve(file.getFileName() + PART), file, contents);
        }
    }

    private void write(Path part, Path file, Contents contents) throws IOException {
        try {
            try (var channel = FileChannel.open(part,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_READS)) {
                if (!contents.write(channel)) {
                    LOG.log(System.Logger.Level.DEBUG, "the weights changed, so they are not kept");
                    return;
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            try (var folder = FileChannel.open(cache.folder(), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Ends with the process at the latest. */
    private FileChannel lock() throws IOException {
        var channel = FileChannel.open(cache.folder().resolve(".lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean locked = false;
        try {
            while (!locked) {
                try {
                    locked = channel.lock() != null;
                } catch (OverlappingFileLockException e) { // another model of this process
                    Thread.sleep(POLL_MILLIS);
                }
            }
            return channel;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private void removeParts() throws IOException {
        try (var files = Files.newDirectoryStream(cache.folder(), "*" + PART)) {
            for (var file : files) {
                Files.delete(file);
            }
        }
    }

    /** Deletes what was not used for longest; who has it mapped keeps it. */
    private void makeRoom(long bytes) throws IOException {
        var entries = new ArrayList<>(entries());
        entries.sort(Comparator.comparing(Entry::used));
        long total = entries.stream().mapToLong(Entry::bytes).sum();
        for (var entry : entries) {
            if (total + bytes <= cache.maxBytes()) {
                return;
            }
            Files.delete(entry.file());
            total -= entry.bytes();
        }
    }

    private List<Entry> entries() throws IOException {
        var entries = new ArrayList<Entry>();
        try (var files = Files.newDirectoryStream(cache.folder(), "*" + PackedCache.SUFFIX)) {
            for (var file : files) {
                entries.add(new Entry(file, Files.size(file), Files.getLastModifiedTime(file)));
            }
        }
        return entries;
    }

    /** Has a file count as used now, where that can be written down. */
    static void noteUse(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, file + " keeps its time: " + e);
        }
    }

    /** Deletes a file where that can be done. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "it can't be deleted: " + e);
        }
    }
}
