// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections whose request's head does not end: a byte now and then keeps the idle timeout away for ever, and a
 * thousand such connections would keep everybody else out.
 */
final class SlowHeads extends AbstractLifeCycle {
    private final Connector connector;
    private final long mostNanos;
    private Map<EndPoint, Seen> seen = new HashMap<>();
    private volatile Scheduler.Task next;

    /** What a connection had done when it was first seen to wait for the rest of a head. */
    private record Seen(long messages, long bytes, long since) {}

    SlowHeads(Connector connector, long mostNanos) {
        this.connector = connector;
        this.mostNanos = mostNanos;
    }

    @Override
    protected void doStart() {
        plan();
    }

    @Override
    protected void doStop() {
        next.cancel();
    }

    private void plan() {
        next = connector.getScheduler().schedule(this::sweep, mostNanos / 5, TimeUnit.NANOSECONDS);
    }

    private void sweep() {
        long now = System.nanoTime();
        var kept = new HashMap<EndPoint, Seen>();
        for (var endPoint : connector.getConnectedEndPoints()) {
            var connection = endPoint.getConnection() instanceof SslConnection tls
                    ? tls.getSslEndPoint().getConnection()
                    : endPoint.getConnection();
            if (connection == null) {
                continue;
            }
            long messages = connection.getMessagesIn();
            var before = seen.get(endPoint);
            if (messages > connection.getMessagesOut()) {
                continue;
            }
            if (before == null || before.messages() != messages) {
                kept.put(endPoint, new Seen(messages, connection.getBytesIn(), now));
            } else if (connection.getBytesIn() == before.bytes() && messages > 0) {
                kept.put(endPoint, new Seen(messages, before.bytes(), now));
            } else if (now - before.since() > mostNanos) {
                endPoint.close();
            } else {
                kept.put(endPoint, before);
            }
        }
        seen = kept;
        if (isRunning()) {
            plan();
        }
    }
}
