// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.image.Image;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A server's begin and end, and who else is there. */
class LifeTest {
    private static final byte[] CAT = Serving.sample("cat.jpg");
    private static final int REQUESTS = 40;

    @Test
    void whatHasComeIsAnsweredBeforeTheEndAndNothingComesAfterIt() throws IOException {
        try (var serving = new Serving(options -> options)) {
            var wanted = serving.classifier.classify(Image.read(CAT), 5);
            var answers = new ArrayList<CompletableFuture<HttpResponse<byte[]>>>();
            for (int i = 0; i < REQUESTS; i++) {
                answers.add(serving.client.sendAsync(serving.post("/api/classify", "image/jpeg", CAT).build(),
                        BodyHandlers.ofByteArray()));
            }
            while (come(serving, answers) < REQUESTS) {
                Thread.onSpinWait();
            }
            var address = serving.server.address();
            serving.server.close();
            for (var answer : answers) {
                assertEquals(200, answer.join().statusCode(), () -> new String(answer.join().body(),
                        StandardCharsets.UTF_8));
                assertEquals(wanted, Serving.predictions(answer.join()));
            }
            assertThrows(ConnectException.class, () -> Wire.open(address).close());
        }
    }

    /** How many requests have come at least: counted against their way, so that none is counted twice. */
    private static long come(Serving serving, List<CompletableFuture<HttpResponse<byte[]>>> answers) {
        long answered = answers.stream().filter(CompletableFuture::isDone).count();
        long computed = pictures(serving, "avocet_inflight");
        return answered + computed + pictures(serving, "avocet_queue_depth");
    }

    private static long pictures(Serving serving, String gauge) {
        return new String(serving.get("/metrics").body(), StandardCharsets.UTF_8).lines()
                .filter(line -> line.startsWith(gauge + "{lane=\"pictures\"}"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void aPortThatIsTakenIsSaidSo() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var e = assertThrows(AvocetException.class, () -> new Serving(options -> new ServerOptions("127.0.0.1",
                    taken.getLocalPort(), 1, options.key(), options.pem(), options.limits())).close());
            assertEquals(
                    "port " + taken.getLocalPort() + " of 127.0.0.1 cannot be had: Address already in use; stop what "
                            + "listens there or pass another --port",
                    e.getMessage());
        }
    }

    @Test
    void aHostThatIsNotThisMachineIsSaidSo() {
        var e = assertThrows(AvocetException.class,
                () -> new Serving(options -> new ServerOptions("no-such-host.invalid",
                        0, 1, options.key(), options.pem(), options.limits())).close());
        assertEquals("no-such-host.invalid is no name or address of this machine; pass another --host", e.getMessage());
    }

    @Test
    void anAddressThatSendsFasterThanItMayIsToldSo() {
        try (var serving = new Serving(options -> options.withLimits(Limits.DEFAULT.withRate(5)))) {
            var refused = new ArrayList<HttpResponse<byte[]>>();
            for (int i = 0; i < 100 && refused.isEmpty(); i++) {
                assertEquals(200, serving.get("/livez").statusCode());
                var response = serving.get("/api/models");
                if (response.statusCode() != 200) {
                    refused.add(response);
                }
            }
            assertEquals(429, refused.getFirst().statusCode());
            assertEquals("overloaded", Serving.tree(refused.getFirst()).get("code").textValue());
            assertTrue(refused.getFirst().headers().firstValue("Retry-After").isPresent());
        }
    }

    @Test
    void textsOfManyCallersAreThoseOfTheJavaApi() {
        try (var serving = new Serving(options -> options)) {
            var answers = new ArrayList<CompletableFuture<HttpResponse<byte[]>>>();
            for (int i = 0; i < REQUESTS; i++) {
                var body = "{\"inputs\":[\"cat number " + i + "\",\"a dog\"]}";
                answers.add(serving.client.sendAsync(serving.post("/embed", "application/json",
                        body.getBytes(StandardCharsets.UTF_8)).build(), BodyHandlers.ofByteArray()));
            }
            for (int i = 0; i < REQUESTS; i++) {
                var vectors = Serving.tree(answers.get(i).join());
                assertEquals(Serving.JSON.valueToTree(serving.align.embed("cat number " + i)).toString(),
                        vectors.get(0).toString());
                assertEquals(Serving.JSON.valueToTree(serving.align.embed("a dog")).toString(),
                        vectors.get(1).toString());
            }
        }
    }
}
