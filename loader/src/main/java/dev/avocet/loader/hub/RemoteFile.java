// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.loader.http.Answer;
import dev.avocet.loader.hub.HubException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A file on the hub of which parts are read without downloading it; from the cache where that has it.
 *
 * <p>It is the file of one commit, whatever happens on the hub. May be used from any number of threads; nothing to close.
 * Unlike a download, a part can't be held against the file's hash; its length and the file's are checked.
 */
public final class RemoteFile {
    private final Repository repository;
    private final RepoFile file;
    private final Path local;
    private final URI uri;
    /** Where the last answer came from: asking there at once saves a redirect, until its signature expires. */
    private volatile Optional<URI> storage = Optional.empty();

    RemoteFile(Repository repository, String commit, RepoFile file) {
        this.repository = repository;
        this.file = file;
        this.local = repository.cache().file(commit, file.path());
        this.uri = URI.create(repository.name().filePath(commit, file.path()));
    }

    /** The path in its repository. */
    public String path() {
        return file.path();
    }

    /** The length in bytes. */
    public long length() {
        return file.bytes();
    }

    /** So many bytes from an offset on, all of them inside the file; throws {@link HubException}. */
    public byte[] read(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, file.bytes());
        if (length == 0) {
            return new byte[0];
        }
        if (RepoCache.isWhole(local, file)) {
            return readLocal(offset, length);
        }
        var patience = new Patience(repository.client().retryDelay(), DownloadListener.SILENT);
        while (true) {
            try {
                return readRemote(offset, length);
            } catch (TransientFailure e) {
                patience.pause(e);
            }
        }
    }

    private byte[] readLocal(long offset, int length) {
        var bytes = ByteBuffer.allocate(length);
        try (var channel = FileChannel.open(local)) {
            for (int count = 0; count >= 0 && bytes.hasRemaining();) {
                count = channel.read(bytes, offset + bytes.position());
            }
        } catch (IOException e) {
            throw new HubException(Reason.DAMAGED, local + " can't be read: " + e, e);
        }
        if (bytes.hasRemaining()) {
            throw new HubException(Reason.DAMAGED, local + " became shorter while it was read");
        }
        return bytes.array();
    }

    private byte[] readRemote(long offset, int length) throws TransientFailure {
        var range = "bytes " + offset + "-" + (offset + length - 1) + "/" + file.bytes();
        try (var answer = open(Map.of("Range", "bytes=" + offset + "-" + (offset + length - 1)))) {
            if (answer.status() != 206 || HubClient.isCompressed(answer)
                    || !answer.header("Content-Range").equals(Optional.of(range))) {
                throw new HubException(Reason.BAD_ANSWER, answer.uri().getHost() + " does not give " + range + " of "
                        + file.path() + " but " + answer.header("Content-Range").orElse("the whole file"));
            }
            var bytes = answer.body().readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException();
            }
            return bytes;
        } catch (IOException e) {
            throw HubClient.broken(range + " of " + file.path() + " broke off", e);
        }
    }

    private URI uri() {
        return repository.client().at(uri.toString());
    }

    private Answer open(Map<String, String> range) throws TransientFailure {
        var client = repository.client();
        var known = storage;
        if (known.isPresent()) {
            try {
                return client.get(known.get(), repository.name(), range);
            } catch (HubException e) {
                storage = Optional.empty(); // the signature has expired
            }
        }
        var answer = client.get(uri(), repository.name(), range);
        storage = Optional.of(answer.uri());
        return answer;
    }
}
