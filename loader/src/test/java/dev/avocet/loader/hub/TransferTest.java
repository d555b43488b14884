// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever servers do to a transfer, the file is right or not there. */
class TransferTest {
    private Fixture fixture;
    private StubHub stub;

    @BeforeEach
    void start(@TempDir Path folder) {
        fixture = new Fixture(folder);
        stub = fixture.stub;
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void arrives(StubHub.Fault... faults) throws IOException {
        stub.fault("storage", faults);
        fixture.hub().model("org/model");
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(fixture.weights(Fixture.COMMIT)));
        try (var blobs = Files.list(fixture.repo().resolve("blobs"))) {
            assertTrue(blobs.noneMatch(each -> each.toString().endsWith(".incomplete")));
        }
    }

    private List<Optional<String>> ranges() {
        return stub.requests().stream().filter(each -> each.host().equals("storage")).map(StubHub.Request::range)
                .toList();
    }

    @Test
    void aBrokenTransferGoesOnWhereItBroke() throws IOException {
        arrives(StubHub.shortAfter(100_000));
        assertEquals(List.of(Optional.empty(), Optional.of("bytes=100000-")), ranges());
    }

    @Test
    void aServerThatFallsSilentIsAskedAgain() throws IOException {
        stub.fault("storage", StubHub.silentAfter(100_000));
        var patient = fixture.settings();
        var hurried = new HubSettings(patient.endpoint(), patient.cache(), "", false, true, patient.answerTimeout(),
                Duration.ofMillis(300), patient.retryDelay());
        Hub.of(hurried).model("org/model");
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(fixture.weights(Fixture.COMMIT)));
        assertEquals(2, ranges().size());
    }

    @Test
    void aStorageThatIsAwayForAMomentIsAskedAgain() {
        for (var nowhere : List.of("http://127.0.0.1:1/x", "http://storage.invalid/x")) {
            stub.fault("model.safetensors", (_, exchange, _) -> {
                StubHub.redirect(exchange, 302, nowhere);
                return true;
            });
        }
        var log = new Fixture.Log();
        fixture.hub().model("org/model", log);
        assertEquals(2, log.waits.size());
    }

    @Test
    void theWholeFileInPlaceOfItsRestReplacesWhatCame() throws IOException {
        arrives(StubHub.shortAfter(100_000), StubHub.wholeInsteadOfPart());
    }

    @Test
    void aServerThatAlwaysBeginsAnewIsGivenUp() {
        stub.fault("storage", Collections.nCopies(20, StubHub.shortAfter(1000)).toArray(StubHub.Fault[]::new));
        Fixture.fails(Reason.UNREACHABLE, "model.safetensors", () -> fixture.hub().model("org/model"));
        assertTrue(ranges().size() <= 7, ranges().toString());
        assertFalse(Files.exists(fixture.weights(Fixture.COMMIT)));
    }

    @Test
    void aCompressedFileIsUnpacked() throws IOException {
        stub.fault("vocab.txt", StubHub.compressed());
        arrives(StubHub.compressed());
        assertEquals(12_000, Files.size(fixture.weights(Fixture.COMMIT).resolveSibling("vocab.txt")));
    }

    @Test
    void tooManyRequestsAreRepeatedWhenTheServerSays() throws IOException {
        var patient = fixture.settings();
        var slow = new HubSettings(patient.endpoint(), patient.cache(), "", false, true, patient.answerTimeout(),
                patient.idleTimeout(), Duration.ofHours(1));
        stub.fault("/revision/main", StubHub.status(429, "Retry-After", "0"), StubHub.status(429, "RateLimit",
                "\"api\";r=0;t=0"));
        stub.fault("storage", StubHub.status(429, "Retry-After", "0"));
        Hub.of(slow).model("org/model");
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(fixture.weights(Fixture.COMMIT)));
    }

    @Test
    void aServerThatAsksForTooLongAWaitIsGivenUp() {
        stub.fault("/revision/main", StubHub.status(429, "Retry-After", "86400"));
        Fixture.fails(Reason.SERVER_FAILED, "429", () -> fixture.hub().model("org/model"));
    }

    @Test
    void aHubOutOfOrderIsAskedSixTimesWithGrowingPauses() {
        stub.fault("/revision/main", Collections.nCopies(9, StubHub.status(503)).toArray(StubHub.Fault[]::new));
        var log = new Fixture.Log();
        Fixture.fails(Reason.SERVER_FAILED, "503", () -> fixture.hub().model("org/model", log));
        assertEquals(6, stub.requests("/revision/main").size());
        assertEquals(5, log.waits.size());
    }

    @Test
    void serverErrorsAreOvercome() throws IOException {
        stub.fault("/tree/" + Fixture.COMMIT, StubHub.status(500), StubHub.status(502));
        stub.fault("vocab.txt", StubHub.status(503), StubHub.status(408));
        arrives(StubHub.status(504), StubHub.status(500));
    }

    @Test
    void wrongBytesAreNeverShown() throws IOException {
        stub.fault("storage", StubHub.otherBytes());
        Fixture.fails(Reason.DAMAGED, "instead of", () -> fixture.hub().model("org/model"));
        nothingIsLeftOf("model.safetensors");
    }

    @Test
    void wrongBytesInASmallFileAreNeverShown() throws IOException {
        stub.fault("config.json", StubHub.otherBytes());
        Fixture.fails(Reason.DAMAGED, "config.json", () -> fixture.hub().model("org/model"));
        nothingIsLeftOf("config.json");
    }

    @Test
    void aFileThatIsTooLongIsNeverShown() throws IOException {
        stub.fault("storage", (stub, exchange, _) -> {
            stub.send(exchange, new byte[Fixture.WEIGHTS.length + 1]);
            return true;
        });
        Fixture.fails(Reason.DAMAGED, "more than its 300000 bytes", () -> fixture.hub().model("org/model"));
        nothingIsLeftOf("model.safetensors");
    }

    private void nothingIsLeftOf(String name) throws IOException {
        assertFalse(Files.exists(fixture.weights(Fixture.COMMIT).resolveSibling(name)));
        var right = stub.repo("org/model").files(Fixture.COMMIT).get(name);
        try (var blobs = Files.list(fixture.repo().resolve("blobs"))) {
            assertTrue(blobs.noneMatch(each -> each.getFileName().toString().startsWith(right.etag())));
        }
    }

    @Test
    void aListingInPagesIsReadToItsEnd() {
        stub.pageSize(2);
        fixture.hub().model("org/model");
        assertEquals(4, stub.requests("/tree/" + Fixture.COMMIT).size());
        assertTrue(stub.requests("/tree/" + Fixture.COMMIT).stream().allMatch(each -> each.token().isPresent()));
    }

    @Test
    void aListingThatGoesOnElsewhereIsRefused() {
        stub.fault("/tree/" + Fixture.COMMIT, (stub, exchange, _) -> {
            exchange.getResponseHeaders().set("Link", "<" + stub.storageEndpoint() + "/next>; rel=\"next\"");
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("[]".getBytes(StandardCharsets.UTF_8));
            return true;
        });
        Fixture.fails(Reason.BAD_ANSWER, "which is not the hub", () -> fixture.hub().model("org/model"));
        assertTrue(stub.requests().stream().allMatch(each -> each.host().equals("hub")));
    }

    @Test
    void aMirrorThatPassesOnTheHubsOwnAddressIsAskedItself() {
        stub.fault("/tree/" + Fixture.COMMIT, (_, exchange, _) -> {
            exchange.getResponseHeaders().set("Link",
                    "<https://huggingface.co/api/models/org/model/tree/" + Fixture.COMMIT
                            + "?cursor=0>; rel=\"next\"");
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("[]".getBytes(StandardCharsets.UTF_8));
            return true;
        });
        fixture.hub().model("org/model");
        assertEquals(2, stub.requests("/tree/" + Fixture.COMMIT).size());
    }

    @Test
    void theProxyOfTheJvmIsUsed() {
        var commit = "b".repeat(40);
        stub.repo("org/small").revision("main", commit).small(commit, "config.json", "{}")
                .small(commit, "model.safetensors", "weights");
        var usual = ProxySelector.getDefault();
        ProxySelector.setDefault(
                ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), stub.endpoint().getPort())));
        try {
            var settings = fixture.settings();
            var behindProxy = new HubSettings(URI.create("http://hub.invalid"), settings.cache(), "", false, true,
                    settings.answerTimeout(), settings.idleTimeout(), settings.retryDelay());
            assertTrue(Files.exists(Hub.of(behindProxy).model("org/small").resolve("model.safetensors")));
        } finally {
            ProxySelector.setDefault(usual);
        }
    }

    @Test
    void redirectsInACircleAreGivenUp() {
        stub.fault("/revision/main", Collections.nCopies(30, (StubHub.Fault) (_, exchange, _) -> {
            StubHub.redirect(exchange, 302, exchange.getRequestURI().toString());
            return true;
        }).toArray(StubHub.Fault[]::new));
        Fixture.fails(Reason.BAD_ANSWER, "more than 20 redirects", () -> fixture.hub().model("org/model"));
    }

    @Test
    void aRedirectOutOfTheWebIsNotFollowed() {
        stub.fault("config.json", (_, exchange, _) -> {
            StubHub.redirect(exchange, 302, "file:///etc/passwd");
            return true;
        });
        Fixture.fails(Reason.BAD_ANSWER, "which is not followed", () -> fixture.hub().model("org/model"));
    }

    @Test
    void downloadsSideBySideGiveOneCache() throws Exception {
        stub.bytesPerSecond(1_500_000);
        var threads = new ArrayList<Thread>();
        var failures = new ConcurrentLinkedQueue<Throwable>();
        for (int i = 0; i < 6; i++) {
            var hub = fixture.hub();
            var thread = Thread.ofVirtual().unstarted(() -> hub.model("org/model"));
            thread.setUncaughtExceptionHandler((_, failure) -> failures.add(failure));
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), List.copyOf(failures));
        assertEquals(1, ranges().size());
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(fixture.weights(Fixture.COMMIT)));
    }

    @Test
    void processesSideBySideGiveOneCacheAndDownloadOnce() throws Exception {
        stub.bytesPerSecond(600_000);
        try (var first = new DownloadProcess(fixture);
                var second = new DownloadProcess(fixture);
                var third = new DownloadProcess(fixture)) {
            assertEquals(List.of(0, 0, 0), List.of(first.end(), second.end(), third.end()));
        }
        assertEquals(1, ranges().size());
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(fixture.weights(Fixture.COMMIT)));
    }

    @Test
    void anInterruptedDownloadKeepsWhatItHas() throws Exception {
        stub.fault("storage", StubHub.silentAfter(100_000));
        var reached = new CountDownLatch(1);
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var thread = Thread.ofPlatform().unstarted(() -> fixture.hub().model("org/model", new DownloadListener() {
            @Override
            public void progresses(DownloadPlan plan, long bytes) {
                if (bytes > 100_000) {
                    reached.countDown();
                }
            }
        }));
        thread.setUncaughtExceptionHandler((_, failure) -> failures.add(failure));
        thread.start();
        reached.await();
        thread.interrupt();
        thread.join();
        assertEquals(Reason.INTERRUPTED, ((HubException) failures.element()).reason());
        fixture.hub().model("org/model");
        assertEquals(2, ranges().size());
        assertTrue(ranges().get(1).isPresent());
    }
}
