// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.server.ApiException.Status;
import java.util.Arrays;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.util.thread.Invocable;

/** Reads a body as it comes, without a thread that waits, and within the limits of one body and of all together. */
final class BodyReader implements Invocable.Task {
    private static final int FIRST = 16 << 10;

    private final Exchange exchange;
    private final Services services;
    private final Consumer<BodyReader> ready;
    private byte[] bytes = new byte[0];
    private int count;
    private int taken;
    private boolean released;

    BodyReader(Exchange exchange, Services services, Consumer<BodyReader> ready) {
        this.exchange = exchange;
        this.services = services;
        this.ready = ready;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public synchronized void run() {
        try {
            while (!released) {
                var chunk = exchange.request().read();
                if (chunk == null) {
                    exchange.request().demand(this);
                    return;
                }
                if (Chunk.isFailure(chunk)) {
                    if (chunk.isLast()) {
                        throw new ApiException(Status.BAD_REQUEST, "the body is not complete or not valid HTTP");
                    }
                    continue;
                }
                boolean last = chunk.isLast();
                try {
                    append(chunk);
                } finally {
                    chunk.release();
                }
                if (last) {
                    exchange.bodyIsRead();
                    ready.accept(this);
                    return;
                }
            }
        } catch (RuntimeException | Error e) {
            release();
            exchange.fail(e);
        }
    }

    private void append(Chunk chunk) {
        int more = chunk.remaining();
        int most = services.limits().body();
        if (more > most - count) {
            throw new ApiException(Status.TOO_LARGE, "the body has more than " + most + " bytes");
        }
        if (count + more > bytes.length) {
            grow(Math.min(most, Math.max(count + more, Math.max(FIRST, 2 * bytes.length))));
        }
        chunk.getByteBuffer().get(bytes, count, more);
        count += more;
    }

    private void grow(int size) {
        int wanted = ByteBudget.units(size) - taken;
        if (!services.bodies().tryTake(wanted)) {
            throw new ApiException(Status.OVERLOADED, "too many large requests at once; try again later");
        }
        taken += wanted;
        bytes = Arrays.copyOf(bytes, size);
    }

    /** The body; its memory is the caller's, to be {@linkplain #release given back}. */
    synchronized byte[] body() {
        if (bytes.length != count) {
            bytes = Arrays.copyOf(bytes, count);
        }
        return bytes;
    }

    synchronized void release() {
        released = true;
        services.bodies().give(taken);
        taken = 0;
        bytes = new byte[0];
    }
}
