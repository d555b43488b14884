// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.avocet.loader.image.Image;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the API answers is what the Java API returns, to the bit, and what is wrong has its status. */
class ApiTest {
    private static final byte[] CAT = Serving.sample("cat.jpg");
    private static Serving serving;

    @BeforeAll
    static void start() {
        serving = new Serving(options -> options);
    }

    @AfterAll
    static void stop() {
        serving.close();
    }

    @Test
    void classesAreThoseOfTheJavaApi() {
        var response = serving.image("/api/classify?top_k=7", CAT);
        assertEquals(200, response.statusCode(), () -> new String(response.body(), StandardCharsets.UTF_8));
        assertEquals(serving.classifier.classify(Image.read(CAT), 7), Serving.predictions(response));
        assertTrue(response.headers().firstValue("Server-Timing").orElseThrow().matches(
                "queue;dur=[0-9.E-]+, preprocess;dur=[0-9.E-]+, compute;dur=[0-9.E-]+, postprocess;dur=[0-9.E-]+"));
    }

    @Test
    void zeroShotScoresAreThoseOfTheJavaApiHoweverThePictureComes() {
        var names = List.of("animals", "humans", "landscape");
        var wanted = serving.align.zeroShot(Image.read(CAT), serving.align.labels(Endpoints.TEMPLATE, names));
        var query = URLEncoder.encode("[\"animals\",\"humans\",\"landscape\"]", StandardCharsets.UTF_8);
        assertEquals(wanted, Serving.predictions(serving.image("/api/zero-shot?labels=" + query, CAT)));
        var labels = "\"labels\":[\"animals\",\"humans\",\"landscape\"]";
        var base64 = Base64.getEncoder().encodeToString(CAT);
        assertEquals(wanted,
                Serving.predictions(serving.json("/api/zero-shot", "{" + labels + ",\"image\":\"" + base64 + "\"}")));
        var embedding = Serving.tree(serving.image("/api/embed", CAT)).get("embedding");
        assertEquals(wanted,
                Serving.predictions(
                        serving.json("/api/zero-shot", "{" + labels + ",\"embedding\":" + embedding + "}")));
    }

    @Test
    void embeddingsAreThoseOfTheJavaApi() {
        assertArrayEquals(serving.align.embed(Image.read(CAT)),
                floats(Serving.tree(serving.image("/api/embed", CAT)).get("embedding")));
        var texts = Serving.tree(serving.json("/api/embed", "{\"texts\":[\"a cat\",\"zwei Schiffe \u26f5\"]}"));
        assertArrayEquals(serving.align.embed("zwei Schiffe \u26f5"), floats(texts.get("embeddings").get(1)));
    }

    @Test
    void openAiClientsGetTheSameVectorsInBothFormats() {
        var wanted = serving.align.embed("a photo of a cat");
        var floats = Serving.tree(serving.json("/v1/embeddings", "{\"model\":\"x\",\"input\":\"a photo of a cat\"}"));
        assertArrayEquals(wanted, floats(floats.at("/data/0/embedding")));
        assertEquals(7, floats.at("/usage/prompt_tokens").intValue());
        var base64 = Serving.tree(serving.json("/v1/embeddings",
                "{\"model\":\"x\",\"input\":[\"a photo of a cat\"],\"encoding_format\":\"base64\"}"));
        var buffer = ByteBuffer.wrap(Base64.getDecoder().decode(base64.at("/data/0/embedding").textValue()))
                .order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        var decoded = new float[buffer.remaining()];
        buffer.get(decoded);
        assertArrayEquals(wanted, decoded);
        var refused = serving.json("/v1/embeddings", "{\"model\":\"x\",\"input\":\"cat\",\"dimensions\":3}");
        assertEquals(400, refused.statusCode());
        assertEquals("invalid_request_error", Serving.tree(refused).at("/error/type").textValue());
    }

    @Test
    void textEmbeddingsInferenceClientsGetTheSameVectors() {
        var both = Serving.tree(serving.json("/embed", "{\"inputs\":[\"a cat\",\"a dog\"]}"));
        assertArrayEquals(serving.align.embed("a dog"), floats(both.get(1)));
        assertEquals(200, serving.get("/health").statusCode());
        assertEquals("validation",
                Serving.tree(serving.json("/embed", "{\"inputs\":[]}")).get("error_type").textValue());
    }

    @Test
    void everyRefusalHasItsStatusAndAReason() {
        var png = new byte[100];
        System.arraycopy(Serving.sample("frog.png"), 0, png, 0, png.length);
        assertRefused(400, "bad_image", serving.image("/api/classify", png));
        assertRefused(415, "unsupported_type",
                serving.image("/api/classify", "hello".getBytes(StandardCharsets.UTF_8)));
        assertRefused(400, "bad_image", serving.image("/api/classify", new byte[0]));
        assertRefused(415, "unsupported_type", serving.send(serving.post("/api/classify", "text/plain", CAT)));
        assertRefused(415, "unsupported_type",
                serving.send(serving.post("/api/classify", "image/jpeg", CAT).header("Content-Encoding", "gzip")));
        assertRefused(422, "invalid", serving.image("/api/classify?top_k=11", CAT));
        assertRefused(422, "invalid", serving.image("/api/zero-shot", CAT));
        assertRefused(422, "invalid", serving.image("/api/zero-shot?labels=%5B%5D", CAT));
        assertRefused(422, "invalid", serving.json("/api/embed", "{\"texts\":[\"" + "x".repeat(2001) + "\"]}"));
        assertRefused(422, "invalid", serving.json("/api/embed", "{\"texts\":[\"\\ud800\"]}"));
        assertRefused(422, "invalid", serving.json("/api/embed", "{\"texts\":[\"a\"],\"url\":\"http://127.0.0.1/\"}"));
        assertRefused(400, "bad_request", serving.json("/api/embed", "{\"texts\":[\"a\"],\"texts\":[\"b\"]}"));
        assertRefused(413, "too_large", serving.image("/api/classify", new byte[(10 << 20) + 1]));
        assertRefused(404, "not_found", serving.get("/samples/nothing.jpg"));
        for (var path : List.of("/../../etc/passwd", "/samples/%2e%2e/index.html", "/samples/..%2findex.html",
                "//style.css")) {
            var answer = Wire.say(serving.server.address(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 40"), path + "\n" + answer);
        }
        var method = serving.get("/api/classify");
        assertRefused(405, "method_not_allowed", method);
        assertEquals("POST", method.headers().firstValue("Allow").orElseThrow());
        assertRefused(504, "timed_out",
                serving.send(serving.post("/api/classify", "image/jpeg", CAT).header("X-Request-Timeout", "0.000001")));
    }

    @Test
    void everyAnswerForbidsWhatAPageHasNoNeedOf() {
        for (var path : List.of("/", "/api/models", "/nowhere")) {
            var headers = serving.get(path).headers();
            assertTrue(headers.firstValue("Content-Security-Policy").orElseThrow().startsWith("default-src 'none'"));
            assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElseThrow());
            assertTrue(headers.firstValue("Access-Control-Allow-Origin").isEmpty());
            assertTrue(headers.firstValue("Server").isEmpty());
        }
    }

    @Test
    void whatIsDescribedIsThere() {
        var document = new Contract().document();
        assertEquals(document, Serving.tree(serving.get("/openapi.json")));
        document.get("paths").properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    var response = serving.send(method.equals("get")
                            ? HttpRequest.newBuilder(serving.at(path.getKey()))
                            : serving.post(path.getKey(), "text/plain", CAT));
                    assertEquals(method.equals("get") ? 200 : 415, response.statusCode(), path.getKey());
                }));
    }

    @Test
    void probesAndMetricsTellHowItGoes() {
        assertEquals(200, serving.get("/livez").statusCode());
        assertEquals("ready", Serving.tree(serving.get("/readyz")).get("status").textValue());
        serving.image("/api/classify", CAT);
        var metrics = new String(serving.get("/metrics").body(), StandardCharsets.UTF_8);
        for (var name : List.of("avocet_requests_seconds_count{code=\"200\",route=\"/api/classify\"}",
                "avocet_stage_seconds_count{device=", "avocet_batch_count", "avocet_queued{batcher=\"tiny-align\"}",
                "avocet_decode_seconds_count", "avocet_queue_seconds_count", "avocet_queue_depth", "avocet_inflight",
                "avocet_image_pixels", "avocet_memory_limit_bytes", "jvm_threads_live_threads")) {
            assertTrue(metrics.contains(name), name + " is not in\n" + metrics);
        }
    }

    @Test
    void anApiKeyIsWantedWhereOneIsSet() {
        try (var keyed = new Serving(options -> options.withKey(new ApiKey("s3cret")))) {
            var refused = keyed.image("/api/classify", CAT);
            assertRefused(401, "unauthorized", refused);
            assertEquals(401, keyed.get("/metrics").statusCode());
            assertEquals(200, keyed.get("/livez").statusCode());
            assertEquals(200, keyed.get("/").statusCode());
            var request = keyed.post("/api/classify", "image/jpeg", CAT).header("Authorization", "Bearer s3cret");
            assertEquals(200, keyed.send(request).statusCode());
        }
    }

    @Test
    void namesThatOtherSitesMadeUpForThisMachineAreNotAnswered() {
        var response = Wire.say(serving.server.address(), "GET /api/models HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        assertTrue(response.startsWith("HTTP/1.1 421"), response);
    }

    private static void assertRefused(int status, String code, HttpResponse<byte[]> response) {
        var body = new String(response.body(), StandardCharsets.UTF_8);
        assertEquals(status, response.statusCode(), body);
        var error = Serving.tree(response);
        assertEquals(code, error.get("code").textValue(), body);
        assertFalse(error.get("message").textValue().isBlank());
        assertFalse(body.contains("/tmp") || body.contains("Exception") || body.contains("dev.avocet"), body);
        assertEquals(response.headers().firstValue("X-Request-Id").orElseThrow(), error.get("request_id").textValue());
    }

    private static float[] floats(JsonNode numbers) {
        var floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.parseFloat(numbers.get(i).asText());
        }
        return floats;
    }
}
