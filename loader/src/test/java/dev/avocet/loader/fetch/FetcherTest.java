// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.avocet.loader.fetch.FetchException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is fetched is small enough, in time, and from where it may come. */
class FetcherTest {
    private static final FetchLimits LIMITS =
            new FetchLimits(1000, Duration.ofSeconds(20), Duration.ofSeconds(5), 3, true);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;
    private String url;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        serve("/picture", exchange -> {
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write("cat".getBytes(StandardCharsets.UTF_8));
        });
    }

    @AfterEach
    void stop() {
        closed.countDown();
        server.stop(0);
    }

    private void serve(String path, HttpHandler handler) {
        server.createContext(path, exchange -> {
            try (exchange) {
                asked.incrementAndGet();
                handler.handle(exchange);
            }
        });
    }

    private void redirect(String path, String location) {
        serve(path, exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    private static void fails(Reason reason, String words, String url, FetchLimits limits) {
        var error = assertThrows(FetchException.class, () -> new Fetcher(limits).fetch(url));
        assertEquals(reason, error.reason(), error.getMessage());
        assertTrue(error.getMessage().contains(words) && error.getMessage().startsWith(url), error.getMessage());
    }

    @Test
    void aPictureArrives() {
        redirect("/moved", "picture");
        assertArrayEquals("cat".getBytes(StandardCharsets.UTF_8), new Fetcher(LIMITS).fetch(url + "/moved"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://a/b", "jar:http://a/b!/c", "http:/a", "http://",
        "https://me:pw@a/b",
        "//a/b", "gopher://a", "http://a b/"})
    void anythingButTheWebIsRefused(String address) {
        fails(Reason.REFUSED, "no http or https address", address, LIMITS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "http://[::1", "http://me@127.0.0.1/"})
    void aRedirectOutOfTheWebIsRefused(String location) {
        redirect("/out", location);
        fails(Reason.REFUSED, "address", url + "/out", LIMITS);
    }

    @Test
    void redirectsAreCounted() {
        redirect("/round", "/round");
        fails(Reason.REFUSED, "more than 3 redirects", url + "/round", LIMITS);
        assertEquals(4, asked.get());
    }

    @Test
    void aLengthBeyondTheLimitIsRefusedBeforeTheBody() {
        serve("/large", exchange -> {
            exchange.sendResponseHeaders(200, 1_000_000);
            exchange.getResponseBody().flush();
            await();
        });
        fails(Reason.TOO_LARGE, "1000 bytes", url + "/large", LIMITS);
    }

    @Test
    void aBodyBeyondTheLimitIsCutOff() {
        serve("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (closed.getCount() > 0) {
                exchange.getResponseBody().write(new byte[100]);
            }
        });
        fails(Reason.TOO_LARGE, "1000 bytes", url + "/endless", LIMITS);
    }

    @Test
    void exactlyTheLimitIsAllowed() {
        serve("/full", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[1000]);
        });
        assertEquals(1000, new Fetcher(LIMITS).fetch(url + "/full").length);
    }

    @Test
    void aTransferThatDripsEndsAtTheTimeLimit() {
        serve("/drip", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (closed.getCount() > 0) {
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                await(20);
            }
        });
        fails(Reason.TOO_SLOW, "took too long", url + "/drip",
                new FetchLimits(1000, Duration.ofMillis(300), Duration.ofSeconds(5), 3, true));
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() {
        serve("/silent", _ -> await());
        fails(Reason.TOO_SLOW, "no answer", url + "/silent",
                new FetchLimits(1000, Duration.ofSeconds(20), Duration.ofMillis(200), 3, true));
    }

    @Test
    void anErrorIsToldWithItsStatus() {
        serve("/gone", exchange -> exchange.sendResponseHeaders(404, -1));
        fails(Reason.BAD_ANSWER, "the server answers 404", url + "/gone", LIMITS);
    }

    @Test
    void noHostAndNoServerAreTold() {
        fails(Reason.UNREACHABLE, "no host nowhere.invalid", "http://nowhere.invalid/x", LIMITS);
        server.stop(0);
        fails(Reason.UNREACHABLE, "check the address", url + "/picture", LIMITS);
    }

    @Test
    void whereOnlyPublicAddressesAreAllowedNothingPrivateIsAsked() {
        fails(Reason.REFUSED, "no public address", url + "/picture", LIMITS.withPublicAddressesOnly());
        fails(Reason.REFUSED, "no public address", url.replace("127.0.0.1", "localhost"),
                LIMITS.withPublicAddressesOnly());
        assertEquals(0, asked.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1", "100::1"})
    void thisAddressIsNotPublic(String address) throws IOException {
        assertEquals(false, PublicAddress.isPublic(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "203.0.112.1",
        "2606:4700::1111",
        "2001:4860:4860::8888"})
    void thisAddressIsPublic(String address) throws IOException {
        assertEquals(true, PublicAddress.isPublic(InetAddress.getByName(address)));
    }

    private void await() {
        await(60_000);
    }

    private void await(int millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
