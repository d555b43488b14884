// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A web server on this machine that does what servers of strangers do; a path's last part says what. */
public final class MisbehavingWeb implements AutoCloseable {
    private final HttpServer server;
    private final byte[] jpeg;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();

    public MisbehavingWeb(Path picture) {
        try {
            jpeg = Files.readAllBytes(picture);
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    /** Its address, with a slash at the end. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** How often a path was asked for. */
    public int asked(String path) {
        return asked.getOrDefault("/" + path, new AtomicInteger()).get();
    }

    public int mostInFlight() {
        return mostInFlight.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        int count = asked.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try (exchange) {
            behave(exchange, path.substring(1).replaceFirst("\\d+$", ""), count);
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private void behave(HttpExchange exchange, String kind, int count) throws IOException {
        switch (kind) {
            case "picture" -> send(exchange, 200, jpeg);
            case "missing" -> send(exchange, 404, new byte[0]);
            case "broken" -> send(exchange, 500, new byte[0]);
            case "late" -> send(exchange, count < 3 ? 503 : 200, jpeg);
            case "busy" -> {
                exchange.getResponseHeaders().set("Retry-After", "0");
                send(exchange, count < 2 ? 429 : 200, jpeg);
            }
            case "text" -> send(exchange, 200, "<html>no picture</html>".getBytes(StandardCharsets.UTF_8));
            case "half" -> send(exchange, 200, Arrays.copyOf(jpeg, jpeg.length / 2));
            case "empty" -> send(exchange, 200, new byte[0]);
            case "endless" -> {
                exchange.sendResponseHeaders(200, 0);
                try {
                    while (closed.getCount() > 0) {
                        exchange.getResponseBody().write(jpeg);
                    }
                } catch (IOException e) {
                    // The other side has had enough.
                }
            }
            case "silent" -> await();
            case "cut" -> {
                exchange.sendResponseHeaders(200, jpeg.length);
                exchange.getResponseBody().write(jpeg, 0, 100);
            }
            case "noai", "none", "otherbot" -> {
                exchange.getResponseHeaders().set("X-Robots-Tag",
                        kind.equals("otherbot")
                                ? "otherbot: noai, noindex"
                                : kind.equals("none") ? "avocet: none" : "all, NoAI");
                send(exchange, 200, jpeg);
            }
            case "inside" -> redirect(exchange, "http://169.254.169.254/latest/meta-data/");
            case "file" -> redirect(exchange, "file:///etc/passwd");
            case "loop" -> redirect(exchange, "/loop");
            case "moved" -> redirect(exchange, "/picture");
            case "huge" -> send(exchange, 200, hugeGif());
            default -> send(exchange, 400, new byte[0]);
        }
    }

    private void await() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void redirect(HttpExchange exchange, String target) throws IOException {
        exchange.getResponseHeaders().set("Location", target);
        send(exchange, 302, new byte[0]);
    }

    private static void send(HttpExchange exchange, int status, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** A few bytes that promise 65,535 by 65,535 pixels. */
    private static byte[] hugeGif() {
        var bytes = "GIF89a....\0\0\0,\0\0\0\0....\0\2\0;".getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(bytes, 6, 10, (byte) 0xFF);
        Arrays.fill(bytes, 18, 22, (byte) 0xFF);
        return bytes;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
