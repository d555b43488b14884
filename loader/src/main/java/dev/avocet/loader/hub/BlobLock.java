// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps Avocet's processes and threads from downloading the same content twice. Ends with the process. Nothing depends on
 * it but the time that takes: where a file system has no locks, and between Avocet and Python, contents may come twice.
 */
final class BlobLock implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final FileChannel channel;
    private final Optional<FileLock> lock;

    private BlobLock(FileChannel channel, Optional<FileLock> lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Waits for the lock; tells the listener of it where another has it. */
    static BlobLock take(Path file, DownloadListener listener) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            return new BlobLock(channel, Optional.of(await(channel, listener)));
        } catch (IOException e) {
            return new BlobLock(channel, Optional.empty());
        } catch (RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static FileLock await(FileChannel channel, DownloadListener listener) throws IOException {
        for (boolean isFirst = true;; isFirst = false) {
            try {
                var lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                // Another thread has it. This channel stays open: closing it would end that thread's lock, too.
            }
            if (isFirst) {
                listener.waits("another download of the same file is under way", POLL);
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                throw Patience.interrupted(e);
            }
        }
    }

    /** Whether nobody else of Avocet's can have it. */
    boolean isHeld() {
        return lock.isPresent();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
