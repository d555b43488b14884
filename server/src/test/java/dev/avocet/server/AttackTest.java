// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What bad clients send: each gets a refusal or nothing, the server goes on, and the heap of the tests is the limit. */
class AttackTest {
    private static final byte[] CAT = Serving.sample("cat.jpg");
    private static Serving serving;

    @BeforeAll
    static void start() {
        serving = new Serving(options -> options
                .withLimits(Limits.DEFAULT.withTimeout(Duration.ofSeconds(3)).withHead(Duration.ofSeconds(2))
                        .withWrite(Duration.ofSeconds(2))));
    }

    @AfterAll
    static void stop() {
        serving.close();
    }

    @AfterEach
    void theServerStillAnswers() {
        assertEquals(200, serving.image("/api/classify", CAT).statusCode());
    }

    @Test
    void picturesThatDeclareGiantDimensionsAreRefusedUndecoded() throws IOException {
        assertEquals(413, serving.image("/api/classify", png(20_000, 20_000, new byte[10])).statusCode());
        assertEquals(413, serving.image("/api/classify", png(1 << 20, 1, new byte[10])).statusCode());
        var jpeg = CAT.clone();
        for (int i = 0; i < jpeg.length - 9; i++) {
            if (jpeg[i] == (byte) 0xff && jpeg[i + 1] >= (byte) 0xc0 && jpeg[i + 1] <= (byte) 0xc2) {
                jpeg[i + 5] = jpeg[i + 6] = jpeg[i + 7] = jpeg[i + 8] = (byte) 0xff;
                break;
            }
        }
        assertEquals(413, serving.image("/api/classify", jpeg).statusCode());
    }

    @Test
    void decompressionBombsCostNoMoreThanTheirPictureMay() throws IOException {
        int status = serving.image("/api/classify", png(4, 4, new byte[200 << 20])).statusCode();
        assertTrue(Set.of(200, 400).contains(status), "status " + status);
        assertEquals(200,
                serving.image("/api/classify", png(4_900, 4_900, new byte[4_900 * (4_900 * 3 + 1)])).statusCode());
    }

    @Test
    void filesThatAreTwoThingsAreReadAsTheOneTheyBeginWith() {
        var polyglot = new byte[CAT.length + 100];
        System.arraycopy(CAT, 0, polyglot, 0, CAT.length);
        System.arraycopy("PK\u0003\u0004<script>".getBytes(StandardCharsets.ISO_8859_1), 0, polyglot, CAT.length, 12);
        assertEquals(200, serving.image("/api/classify", polyglot).statusCode());
        var zip = new byte[CAT.length + 4];
        System.arraycopy("PK\u0003\u0004".getBytes(StandardCharsets.ISO_8859_1), 0, zip, 0, 4);
        System.arraycopy(CAT, 0, zip, 4, CAT.length);
        assertEquals(415, serving.image("/api/classify", zip).statusCode());
    }

    @Test
    void requestsThatTwoServersWouldReadDifferentlyAreRefused() {
        var head = "POST /api/embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        var smuggled = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for (var request : new String[] {
            head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
            head + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + smuggled,
            head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + smuggled,
            head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled,
            head + "Content-Length: -1\r\n\r\n" + smuggled,
            head + "Content-Length: 99999999999999999999\r\n\r\n" + smuggled,
            head + " Folded: yes\r\nContent-Length: 2\r\n\r\n{}" + smuggled,
            "GET /livez HTTP/1.1\r\n\r\n" + smuggled,
            "GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n" + smuggled}) {
            var response = Wire.say(serving.server.address(), request);
            assertTrue(response.startsWith("HTTP/1.1 4") || response.startsWith("HTTP/1.1 5"),
                    request + "\n" + response);
            assertEquals(1, response.split("HTTP/1.1 ", -1).length - 1, request + "\n" + response);
        }
    }

    @Test
    void headsThatDontEndAreCutOff() {
        var many = "GET /livez HTTP/1.1\r\nHost: localhost\r\n" + "X-Flood: flood\r\n".repeat(5_000) + "\r\n";
        assertTrue(Wire.say(serving.server.address(), many).startsWith("HTTP/1.1 431"));
        var uri = "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assertTrue(Wire.say(serving.server.address(), uri).startsWith("HTTP/1.1 41"));
    }

    @Test
    void aFloodOfTinyChunksIsOneSmallBody() {
        var chunks = new StringBuilder(Wire.head("POST /api/embed", "Content-Type: application/json",
                "Transfer-Encoding: chunked", "Connection: close"));
        var body = "{\"texts\":[\"a cat\"]" + " ".repeat(65_536) + "}";
        body.chars().forEach(c -> chunks.append("1\r\n").append((char) c).append("\r\n"));
        var response = Wire.say(serving.server.address(), chunks + "0\r\n\r\n");
        assertTrue(response.startsWith("HTTP/1.1 200"), response.lines().findFirst().orElse("nothing"));
    }

    @Test
    void anEndlessChunkedBodyIsCutAtTheLimit() {
        var head = Wire.head("POST /api/classify", "Content-Type: image/png", "Transfer-Encoding: chunked");
        var mebibyte = ("100000\r\n" + "x".repeat(1 << 20) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        var parts = new byte[13][];
        parts[0] = head.getBytes(StandardCharsets.ISO_8859_1);
        java.util.Arrays.fill(parts, 1, parts.length, mebibyte);
        var response = Wire.say(serving.server.address(), parts);
        assertTrue(response.startsWith("HTTP/1.1 413"), response);
    }

    @Test
    void bodiesThatTrickleAreGivenUpWhileOthersAreServed() throws IOException {
        var slow = new ArrayList<Socket>();
        for (int i = 0; i < 100; i++) {
            var socket = Wire.open(serving.server.address());
            socket.getOutputStream()
                    .write((Wire.head("POST /api/classify", "Content-Type: image/png", "Content-Length: 5000000") + "x")
                            .getBytes(StandardCharsets.ISO_8859_1));
            slow.add(socket);
        }
        assertEquals(200, serving.image("/api/classify", CAT).statusCode());
        for (var socket : slow) {
            var line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
            assertEquals("HTTP/1.1 408", line);
            socket.close();
        }
    }

    @Test
    void aBodyThatIsLateForItsOwnDeadlineIsToldSo() throws IOException {
        try (var socket = Wire.open(serving.server.address())) {
            socket.getOutputStream().write((Wire.head("POST /api/classify", "Content-Type: image/png",
                    "Content-Length: 5000000", "X-Request-Timeout: 0.3") + "x").getBytes(StandardCharsets.ISO_8859_1));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(answer.startsWith("HTTP/1.1 504") && answer.contains("timed_out"), answer);
        }
    }

    @Test
    void headsThatTrickleAreGivenUp() throws IOException {
        try (var socket = Wire.open(serving.server.address())) {
            socket.getOutputStream().write("GET /livez HTTP/1.1\r\nX: ".getBytes(StandardCharsets.ISO_8859_1));
            var drip = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        socket.getOutputStream().write('x');
                        Thread.sleep(200);
                    }
                } catch (IOException | InterruptedException hungUp) {
                    // as it should be
                }
            });
            int end;
            try {
                end = socket.getInputStream().read();
            } catch (java.net.SocketException reset) {
                end = -1;
            }
            assertEquals(-1, end);
            drip.interrupt();
        }
    }

    @Test
    void whoDoesNotReadIsHungUpOn() throws IOException {
        var text = '"' + "a cat ".repeat(50) + '"';
        var body = "{\"inputs\":[" + (text + ",").repeat(255) + text + "]}";
        var request =
                (Wire.head("POST /embed", "Content-Type: application/json", "Content-Length: " + body.length()) + body)
                        .getBytes(StandardCharsets.ISO_8859_1);
        int most = 100;
        int answers = 0;
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(1 << 12);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serving.server.address().getPort()));
            try {
                for (int i = 0; i < most; i++) {
                    socket.getOutputStream().write(request);
                    answers++;
                }
            } catch (SocketException hungUp) {
                // as it should be
            }
        }
        assertTrue(answers < most, "all of " + most + " answers were made, and nobody read them");
    }

    @Test
    void jsonThatIsNoneOrTooDeepIsRefused() {
        assertEquals(400, serving.json("/api/embed", "[".repeat(100_000)).statusCode());
        assertEquals(400, serving.json("/api/embed", "{\"texts\":").statusCode());
        assertEquals(400, serving.json("/api/embed", "{\"texts\":[\"a\"]} trailing").statusCode());
        var invalid = new byte[] {'{', '"', 't', 'e', 'x', 't', 's', '"', ':', '[', '"', (byte) 0xc0, (byte) 0x80, '"',
            ']', '}'};
        assertEquals(400, serving.send(serving.post("/api/embed", "application/json", invalid)).statusCode());
        assertEquals(422, serving.json("/api/embed", "{\"texts\":[" + "\"a\",".repeat(300) + "\"a\"]}").statusCode());
        assertEquals(400,
                serving.json("/api/zero-shot", "{\"labels\":[\"a\"],\"embedding\":[" + "9".repeat(100_000) + "]}")
                        .statusCode());
    }

    @Test
    void aClientThatHasEndedItsHalfIsStillAnswered() {
        var head = Wire.head("POST /api/classify", "Content-Type: image/jpeg", "Content-Length: " + CAT.length);
        var response = Wire.say(serving.server.address(), head.getBytes(StandardCharsets.ISO_8859_1), CAT);
        assertTrue(response.startsWith("HTTP/1.1 200"), response);
    }

    @Test
    void moreThanCanBeDoneIsRefusedAndNothingElseHappens() {
        var statuses = new TreeSet<Integer>();
        var answers = new ArrayList<java.util.concurrent.CompletableFuture<Integer>>();
        for (int i = 0; i < 600; i++) {
            answers.add(serving.client.sendAsync(serving.post("/api/classify", "image/jpeg", CAT).build(),
                    BodyHandlers.discarding()).thenApply(response -> response.statusCode()));
        }
        answers.forEach(answer -> statuses.add(answer.join()));
        assertTrue(Set.of(200, 429).containsAll(statuses), statuses.toString());
        assertTrue(statuses.contains(200));
    }

    /** A PNG of these dimensions whose pixels are this, compressed. */
    private static byte[] png(int width, int height, byte[] pixels) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        chunk(out, "IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).put((byte) 2).array());
        var deflater = new Deflater(9);
        deflater.setInput(pixels);
        deflater.finish();
        var data = new ByteArrayOutputStream();
        var buffer = new byte[1 << 16];
        while (!deflater.finished()) {
            data.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        chunk(out, "IDAT", data.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) throws IOException {
        var name = type.getBytes(StandardCharsets.US_ASCII);
        var crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.write(ByteBuffer.allocate(4).putInt(data.length).array());
        out.write(name);
        out.write(data);
        out.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
