// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;

/**
 * One repository's folder in the cache, in huggingface_hub's layout.
 *
 * <p>At every moment, and so also after a kill, a scan by Python finds nothing wrong: temporary files are kept where it
 * does not look, a branch is noted once its snapshot is complete, and what is visible under a name stays as it is.
 */
final class RepoCache {
    private static final String TAG =
            """
                    Signature: 8a477f597d28d172789f06886806bc55
                    # This file is a cache directory tag created by huggingface_hub.
                    # For information about cache directory tags, see:
                    #	https://bford.info/cachedir/
                    """;

    private final Path cache;
    private final Path folder;
    private final Path locks;
    private final boolean symlinks;

    RepoCache(HubSettings settings, RepoName name) {
        this.cache = settings.cache();
        this.folder = cache.resolve(name.folder());
        this.locks = cache.resolve(".locks").resolve(name.folder());
        this.symlinks = settings.symlinks();
    }

    Path folder() {
        return folder;
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    Path blob(String hash) {
        return folder.resolve("blobs").resolve(hash);
    }

    /** Where a download is that may be taken up after a kill. */
    Path partial(String hash) {
        return blob(hash + ".avocet.incomplete");
    }

    /** How many bytes of a file still have to come. */
    long left(RepoFile file) {
        try {
            var partial = partial(file.hash());
            return isWhole(blob(file.hash()), file)
                    ? 0
                    : file.bytes() - (Files.exists(partial) ? Files.size(partial) : 0);
        } catch (IOException e) {
            return file.bytes();
        }
    }

    Path lock(String hash) {
        return locks.resolve(hash + ".lock");
    }

    /** Where a file of a commit is or would be. */
    Path file(String commit, String path) {
        if (!SafePath.isSafe(path)) {
            throw new HubException(Reason.BAD_ANSWER,
                    "the repository has a file \"" + path + "\", which could end up outside the cache");
        }
        return snapshot(commit).resolve(path);
    }

    /** Whether a file of a commit is there, in its size. */
    boolean has(String commit, RepoFile file) {
        return isWhole(file(commit, file.path()), file);
    }

    static boolean isWhole(Path path, RepoFile file) {
        try {
            return Files.isRegularFile(path) && Files.size(path) == file.bytes();
        } catch (IOException e) {
            return false;
        }
    }

    /** The commit that a revision stood for when it was last used. */
    Optional<String> commit(String revision) {
        if (RepoName.isCommit(revision)) {
            return Optional.of(revision);
        }
        try {
            return Optional.of(Files.readString(reference(revision)).strip()).filter(RepoName::isCommit);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Path reference(String revision) {
        return folder.resolve("refs").resolve(revision);
    }

    /** Notes which commit a revision stands for; does nothing where that is known, or is the commit itself. */
    void note(String revision, String commit) {
        if (!commit(revision).equals(Optional.of(commit))) {
            write(reference(revision), commit);
        }
    }

    /** What is known of a commit's files. */
    Optional<Listing> listing(String commit) {
        return Listing.read(listingFile(commit));
    }

    private Path listingFile(String commit) {
        return folder.resolve("trees").resolve(commit + ".json");
    }

    /** Keeps a commit's listing. */
    void keep(Listing listing, String commit) {
        if (!Files.exists(listingFile(commit))) {
            write(listingFile(commit), listing.json());
        }
    }

    /** Notes for other programs that a commit has no such file. */
    void noteMissing(String commit, String path) {
        if (SafePath.isSafe(path)) {
            write(folder.resolve(".no_exist").resolve(commit).resolve(path), "");
        }
    }

    /** Makes the folders that a download into a commit's snapshot needs. */
    void prepare(String commit) {
        try {
            Files.createDirectories(locks);
            if (!Files.exists(folder)) {
                create(commit);
            }
            Files.createDirectories(snapshot(commit));
            Files.createDirectories(folder.resolve("blobs"));
            var tag = cache.resolve("CACHEDIR.TAG");
            if (!Files.exists(tag)) {
                write(tag, TAG);
            }
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /** Scans take a repository without a snapshot for damaged, so it appears together with one. */
    private void create(String commit) throws IOException {
        var made = locks.resolve(unique());
        Files.createDirectories(made.resolve("snapshots").resolve(commit));
        try {
            Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(made.resolve("snapshots").resolve(commit));
            Files.deleteIfExists(made.resolve("snapshots"));
            Files.deleteIfExists(made);
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private void write(Path file, String content) {
        var temporary = locks.resolve(unique());
        try {
            Files.createDirectories(locks);
            Files.createDirectories(file.getParent());
            Files.writeString(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            delete(temporary);
            throw notWritable(e);
        }
    }

    private static String unique() {
        return UUID.randomUUID() + ".tmp";
    }

    /** Gives a complete and checked file its name among the blobs. */
    void publish(Path complete, RepoFile file) {
        try {
            Files.move(complete, blob(file.hash()), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // Where locks are a pretence, another process may have moved it.
            if (!isWhole(blob(file.hash()), file)) {
                throw notWritable(e);
            }
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /** Shows a blob in a commit's snapshot: by a link, or where there are none by moving a new blob or copying an old one. */
    void link(String commit, RepoFile file, boolean isNew) {
        var shown = file(commit, file.path());
        var blob = blob(file.hash());
        try {
            Files.createDirectories(shown.getParent());
            if (!isWhole(shown, file) && !linked(shown, blob)) {
                show(shown, blob, isNew);
            }
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    private boolean linked(Path shown, Path blob) throws IOException {
        if (!symlinks) {
            return false;
        }
        if (Files.exists(shown, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(shown);
        }
        try {
            Files.createSymbolicLink(shown, shown.getParent().relativize(blob));
            return true;
        } catch (FileAlreadyExistsException e) {
            return true; // by another process, which had the same content for it
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void show(Path shown, Path blob, boolean isNew) throws IOException {
        if (isNew) {
            Files.move(blob, shown, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        var copy = locks.resolve(unique());
        try {
            Files.copy(blob, copy);
            Files.move(copy, shown, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            delete(copy);
            throw e;
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Whoever may not delete it will be told so when they write the next one.
        }
    }

    /** How many bytes the disk of the cache has left. */
    long free() {
        for (var each = folder; each != null; each = each.getParent()) {
            if (Files.exists(each)) {
                try {
                    return Files.getFileStore(each).getUsableSpace();
                } catch (IOException e) {
                    return Long.MAX_VALUE; // whether it is enough will be seen
                }
            }
        }
        return 0;
    }

    /** What a failed write means. */
    HubException notWritable(IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            return Patience.interrupted(failure);
        }
        long free = free();
        return free < BlobDownload.CHUNK
                ? new HubException(Reason.NO_SPACE, "the disk of the cache " + cache + " is full", failure)
                : new HubException(Reason.NOT_WRITABLE, "the cache " + cache + " can't be written: " + failure,
                        failure);
    }
}
