// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.loader.http.Answer;
import dev.avocet.loader.hub.HubException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.LongConsumer;

/** Fetches one file's content, from where an earlier try ended, and checks it. */
final class BlobDownload {
    /** Bytes that are taken over at once. */
    static final int CHUNK = 1 << 18;

    private final HubClient client;
    private final RepoName name;
    private final RepoFile file;
    private final URI uri;
    private final RepoCache cache;
    private final Patience patience;
    private final LongConsumer progress;
    private final BlobHash hash;
    private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    private long written;
    private long furthest;

    BlobDownload(HubClient client, RepoName name, String commit, RepoFile file, RepoCache cache,
            DownloadListener listener, LongConsumer progress) {
        this.client = client;
        this.name = name;
        this.file = file;
        this.uri = client.at(name.filePath(commit, file.path()));
        this.cache = cache;
        this.patience = new Patience(client.retryDelay(), listener);
        this.progress = progress;
        this.hash = new BlobHash(file);
    }

    /** Completes the file; what is in it already counts if the hash agrees. */
    void into(Path partial) {
        try (var out = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            takeUp(out);
            boolean isResumed = written > 0;
            complete(out);
            var actual = hash.end();
            if (isResumed && !actual.equals(file.hash())) {
                restart();
                furthest = 0;
                complete(out);
                actual = hash.end();
            }
            if (!actual.equals(file.hash())) {
                throw new HubException(Reason.DAMAGED,
                        file.path() + " of " + name.title() + " came with the hash " + actual
                                + " instead of " + file.hash());
            }
            out.truncate(file.bytes());
            out.force(true);
        } catch (IOException e) {
            throw cache.notWritable(e);
        }
    }

    /** Counts what an earlier try has left. */
    private void takeUp(FileChannel out) throws IOException {
        if (out.size() > file.bytes()) {
            out.truncate(0);
        }
        while (out.read(buffer.clear()) >= 0) {
            written += buffer.flip().remaining();
            hash.update(buffer);
        }
        progress.accept(written);
    }

    private void restart() {
        written = 0;
        hash.restart();
    }

    private void complete(FileChannel out) throws IOException {
        while (written < file.bytes()) {
            try {
                receive(out);
            } catch (TransientFailure e) {
                patience.pause(e);
            }
        }
    }

    private void receive(FileChannel out) throws TransientFailure {
        Map<String, String> range = written == 0 ? Map.of() : Map.of("Range", "bytes=" + written + "-");
        try (var answer = client.get(uri, name, range)) {
            if (written > 0 && !isRest(answer)) {
                restart();
            }
            try {
                copy(HubClient.decoded(answer), out);
            } catch (TransientFailure e) {
                if (HubClient.isCompressed(answer)) {
                    restart(); // the place in the compressed stream is not known
                }
                throw e;
            }
        }
        if (written < file.bytes()) {
            throw broken(new EOFException());
        }
    }

    private TransientFailure broken(IOException failure) {
        return HubClient
                .broken(file.path() + " of " + name.title() + " broke off after " + written + " of " + file.bytes()
                        + " bytes", failure);
    }

    /** Some servers answer with the whole file though only the rest of it was asked for. */
    private boolean isRest(Answer answer) {
        return answer.status() == 206
                && answer.header("Content-Range").filter(range -> range.startsWith("bytes " + written + "-"))
                        .isPresent();
    }

    private void copy(InputStream body, FileChannel out) throws TransientFailure {
        for (int count = read(body); count >= 0; count = read(body)) {
            append(out, count);
            // A server that always begins anew and never ends would be asked for ever.
            if (written > furthest) {
                furthest = written;
                patience.renew();
            }
            progress.accept(written);
        }
    }

    private int read(InputStream body) throws TransientFailure {
        try {
            return body.read(buffer.array());
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private void append(FileChannel out, int count) {
        if (written + count > file.bytes()) {
            throw new HubException(Reason.DAMAGED,
                    file.path() + " of " + name.title() + " came with more than its " + file.bytes() + " bytes");
        }
        hash.update(buffer.clear().limit(count));
        buffer.rewind();
        try {
            while (buffer.hasRemaining()) {
                written += out.write(buffer, written);
            }
        } catch (IOException e) {
            throw cache.notWritable(e);
        }
    }
}
