// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Reads and forgets the rest of a body whose answer is written already: a connection that is closed while its client
 * still sends is reset, and the client never sees the answer. Neither long nor much.
 */
final class Drain implements Invocable.Task {
    private static final int SECONDS = 2;

    private final Request request;
    private final Callback callback;
    private final AtomicBoolean over = new AtomicBoolean();
    private long left;
    private volatile Scheduler.Task alarm;

    Drain(Request request, Callback callback, long most) {
        this.request = request;
        this.callback = callback;
        this.left = most;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public void run() {
        while (!over.get()) {
            var chunk = request.read();
            if (chunk == null) {
                if (alarm == null) {
                    alarm = request.getConnectionMetaData().getConnector().getScheduler()
                            .schedule(this::end, SECONDS, TimeUnit.SECONDS);
                }
                request.demand(this);
                return;
            }
            left -= chunk.remaining();
            boolean last = chunk.isLast() || Chunk.isFailure(chunk) || left < 0;
            chunk.release();
            if (last) {
                end();
            }
        }
    }

    private void end() {
        if (over.compareAndSet(false, true)) {
            if (alarm != null) {
                alarm.cancel();
            }
            callback.succeeded();
        }
    }
}
