// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
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

    private final Optional<FileChannel> channel;

    private BlobLock(Optional<FileChannel> channel) {
        this.channel = channel;
    }

    /** Waits for the lock; tells the listener of it where another has it. */
    static BlobLock take(Path file, DownloadListener listener) {
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                await(channel, listener);
                return new BlobLock(Optional.of(channel));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            return new BlobLock(Optional.empty()); // there are no locks here, or the file is another user's
        }
    }

    private static void await(FileChannel channel, DownloadListener listener) throws IOException {
        for (boolean isFirst = true;; isFirst = false) {
            try {
                if (channel.tryLock() != null) {
                    return;
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
        return channel.isPresent();
    }

    @Override
    public void close() {
        try {
            if (channel.isPresent()) {
                channel.get().close();
            }
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
