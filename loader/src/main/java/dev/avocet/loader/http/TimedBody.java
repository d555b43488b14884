// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The body of an answer as a stream whose reads end in time; the JDK's own streams wait for ever. */
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
    /** What arrived: bytes, or the end, which may have a reason. */
    private record Event(List<ByteBuffer> bytes, boolean isEnd, Optional<Throwable> failure) {}

    private final BlockingQueue<Event> arrived = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> unread = new ArrayDeque<>();
    private final Duration idle;
    private final long deadline;
    private volatile Subscription subscription;
    private volatile boolean closed;
    private boolean ended;

    TimedBody(Duration idle, long deadline) {
        this.idle = idle;
        this.deadline = deadline;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        if (closed) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        arrived.add(new Event(bytes, false, Optional.empty()));
    }

    @Override
    public void onError(Throwable failure) {
        arrived.add(new Event(List.of(), true, Optional.of(failure)));
    }

    @Override
    public void onComplete() {
        arrived.add(new Event(List.of(), true, Optional.empty()));
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (unread.isEmpty() || !unread.element().hasRemaining()) {
            unread.poll();
            if (unread.isEmpty() && !await()) {
                return -1;
            }
        }
        int count = Math.min(length, unread.element().remaining());
        unread.element().get(into, offset, count);
        return count;
    }

    /** Waits for more bytes; false at the end. */
    private boolean await() throws IOException {
        if (ended) {
            return false;
        }
        if (closed) {
            throw new IOException("the connection was closed");
        }
        var event = next();
        if (event.isEnd()) {
            ended = true;
            if (event.failure().isPresent()) {
                throw new IOException(String.valueOf(event.failure().get().getMessage()), event.failure().get());
            }
            return false;
        }
        unread.addAll(event.bytes());
        subscription.request(1);
        return true;
    }

    private Event next() throws IOException {
        try {
            long wait = Math.min(idle.toNanos(), deadline - System.nanoTime());
            var event = arrived.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
            if (event == null) {
                close();
                throw new HttpTimeoutException(wait < idle.toNanos()
                        ? "the transfer took too long"
                        : "no data for " + idle.toSeconds() + " s");
            }
            return event;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
