// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.load;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Sends one request again and again: at a given rate, whatever becomes of those before. */
final class Generator implements AutoCloseable {
    /** No answer, or not a whole one. */
    static final int BROKEN = 0;
    /** 200, with a body that is not the first one's. */
    static final int WRONG = -1;

    private static final int PATIENCE_MILLIS = 30_000;
    /** What lies idle for longer is not used again: the server hangs up after 30 seconds, as clients know. */
    private static final long STALE_NANOS = 10_000_000_000L;

    private final URI address;
    private final byte[] request;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicReference<byte[]> right = new AtomicReference<>();

    Generator(URI address, String path, byte[] body) {
        this.address = address;
        var head = ("POST " + path + " HTTP/1.1\r\nHost: " + address.getAuthority()
                + "\r\nContent-Type: image/jpeg\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        this.request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
    }

    /**
     * A request that was sent.
     *
     * @param status {@link #BROKEN} where the connection broke, {@link #WRONG} where the result is not that of the others
     * @param due when it was to be sent, in {@link System#nanoTime}
     * @param nanos from then to the end of its answer
     */
    record Sent(int status, long due, long nanos) {}

    private record Connection(Socket socket, DataInputStream in, OutputStream out, long used) {}

    /** As many callers, each of whom sends the next request when it has its answer. */
    List<Sent> closed(int callers, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        var tasks = new ArrayList<Future<List<Sent>>>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                tasks.add(pool.submit(() -> {
                    var sent = new ArrayList<Sent>();
                    while (System.nanoTime() < end) {
                        sent.add(send(System.nanoTime()));
                    }
                    return sent;
                }));
            }
        }
        return tasks.stream().map(Future::resultNow).flatMap(List::stream).toList();
    }

    /** Requests at a rate per second, each at its time. */
    List<Sent> open(double rate, double seconds) {
        var tasks = new ArrayList<Future<Sent>>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            int count = (int) (rate * seconds);
            for (int i = 0; i < count; i++) {
                long due = start + (long) (i / rate * 1e9);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                tasks.add(pool.submit(() -> send(due)));
            }
        }
        return tasks.stream().map(Future::resultNow).toList();
    }

    private Sent send(long due) {
        int status;
        try {
            status = exchange();
        } catch (IOException | RuntimeException e) {
            status = BROKEN;
        }
        return new Sent(status, due, System.nanoTime() - due);
    }

    private int exchange() throws IOException {
        var connection = connection();
        try {
            connection.out.write(request);
            return read(connection);
        } catch (IOException | RuntimeException e) {
            connection.socket.close();
            throw e;
        }
    }

    private Connection connection() throws IOException {
        for (var known = idle.pollFirst(); known != null; known = idle.pollFirst()) {
            if (System.nanoTime() - known.used < STALE_NANOS) {
                return known;
            }
            known.socket.close();
        }
        var socket = new Socket(address.getHost(), address.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new Connection(socket, new DataInputStream(new BufferedInputStream(socket.getInputStream())),
                socket.getOutputStream(), 0);
    }

    private int read(Connection connection) throws IOException {
        var line = line(connection.in);
        int status = Integer.parseInt(line.split(" ", 3)[1]);
        int length = 0;
        boolean keep = true;
        for (var header = line(connection.in); !header.isEmpty(); header = line(connection.in)) {
            var lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring("content-length:".length()).strip());
            } else if (lower.equals("connection: close")) {
                keep = false;
            }
        }
        var body = connection.in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the answer ended after " + body.length + " of " + length + " bytes");
        }
        if (keep) {
            idle.addFirst(new Connection(connection.socket, connection.in, connection.out, System.nanoTime()));
        } else {
            connection.socket.close();
        }
        return status == 200 && !Arrays.equals(body, right.updateAndGet(first -> first == null ? body : first))
                ? WRONG
                : status;
    }

    private static String line(DataInputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        for (var connection : idle) {
            connection.socket.close();
        }
    }
}
