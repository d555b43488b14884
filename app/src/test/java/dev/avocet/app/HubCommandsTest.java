// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.TorchBytes;
import dev.avocet.loader.hub.HubSettings;
import dev.avocet.loader.hub.StubHub;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names on the hub work wherever a model is named, and nothing is downloaded that was not asked for. */
class HubCommandsTest {
    private static final Path CAT = Cli.SAMPLES.resolve("cat.jpg");

    private final StubHub stub = new StubHub();

    @TempDir
    private Path folder;

    @BeforeEach
    void serve() throws IOException {
        stub.folder("org/tiny", Cli.MODELS.resolve("tiny-vit"));
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    private Cli.Result run(Object... args) {
        return Cli.withHub(
                new HubSettings(stub.endpoint(), folder.resolve("cache"), "", false, true, Duration.ofSeconds(5),
                        Duration.ofSeconds(5), Duration.ofMillis(1)),
                args);
    }

    @Test
    void downloadSaysHowLargeItIsFirstAndPrintsTheFolder() {
        var result = run("download", "org/tiny");
        assertEquals(0, result.code(), result.err());
        assertTrue(Files.exists(Path.of(result.out().strip()).resolve("model.safetensors")), result.out());
        assertTrue(result.errLines().getFirst().matches("avocet: downloading org/tiny: [0-9.]+ MB in 3 files to "
                + folder + "/cache/models--org--tiny, where .* are free"), result.err());
        assertTrue(result.errLines().getLast().startsWith("avocet: downloaded org/tiny in "), result.err());
        assertEquals("", run("download", "org/tiny").err());
    }

    @Test
    void aNameOnTheHubIsAModel() {
        var bundled = Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE);
        var hub = run("classify", CAT, "--model", "org/tiny", "--device", Cli.DEVICE);
        assertEquals(0, hub.code(), hub.err());
        assertEquals(bundled.out(), hub.out());
        stub.forgetRequests();
        assertEquals(bundled.out(),
                run("classify", CAT, "--model", "org/tiny", "--device", Cli.DEVICE, "--offline").out());
        assertEquals(0, run("inspect", "org/tiny", "--offline").code());
        assertEquals(List.of(), stub.requests());
    }

    /** As the main branches of the models that Avocet is for are: no safetensors, one pytorch_model.bin or several. */
    @ParameterizedTest(name = "{0} files")
    @ValueSource(ints = {1, 3})
    void aRepositoryWithPytorchWeightsAloneGivesTheSameBits(int shards) throws IOException {
        stub.folder("org/pytorch", torch(Files.createDirectory(folder.resolve("torch")), shards));
        var pixels = folder.resolve("in.safetensors");
        assertEquals(0, run("preprocess", CAT, "--model", "org/pytorch", "--output", pixels).code());
        var results = new ArrayList<byte[]>();
        for (var name : List.of("org/tiny", "org/pytorch", "org/pytorch@main")) {
            var out = folder.resolve("out.safetensors");
            var ran = run("run", "--model", name, "--input", pixels, "--output", out, "--device", Cli.DEVICE);
            assertEquals(0, ran.code(), ran.err());
            results.add(Files.readAllBytes(out));
        }
        assertArrayEquals(results.get(0), results.get(1));
        assertArrayEquals(results.get(0), results.get(2));
        stub.forgetRequests();
        assertEquals(0, run("inspect", "org/pytorch", "--offline").code());
        assertTrue(run("models").out().contains("org/pytorch"));
        assertEquals(List.of(), stub.requests());
    }

    /** The bundled classifier as torch.save writes it. */
    private static Path torch(Path into, int shards) throws IOException {
        var from = Cli.MODELS.resolve("tiny-vit");
        for (var name : List.of("config.json", "preprocessor_config.json")) {
            Files.copy(from.resolve(name), into.resolve(name));
        }
        try (var checkpoint = Checkpoint.open(from)) {
            var files = new TreeMap<String, Map<String, HostTensor>>();
            var index = new StringJoiner(",", "{\"weight_map\":{", "}}");
            for (var tensor : checkpoint.names()) {
                var file = shards == 1
                        ? "pytorch_model.bin"
                        : "pytorch_model-%05d-of-%05d.bin".formatted(1 + index.length() % shards, shards);
                files.computeIfAbsent(file, _ -> new LinkedHashMap<>()).put(tensor, checkpoint.tensor(tensor));
                index.add("\"" + tensor + "\":\"" + file + "\"");
            }
            for (var file : files.entrySet()) {
                Files.write(into.resolve(file.getKey()), TorchBytes.file(file.getValue()));
            }
            if (shards > 1) {
                Files.writeString(into.resolve("pytorch_model.bin.index.json"), index.toString());
            }
        }
        return into;
    }

    @Test
    void afterCtrlCNothingIsHalfWrittenAndTheSameCommandGoesOn() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "only Unix has SIGINT");
        var halfway = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        stub.fault("storage", (_, exchange, content) -> {
            var bytes = content.orElseThrow().bytes();
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
            exchange.getResponseBody().flush();
            halfway.countDown();
            await(ended);
            return true;
        });
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Main.class.getName(),
                "download", "org/tiny");
        builder.environment().putAll(Map.of("HF_ENDPOINT", stub.endpoint().toString(), "HF_HUB_CACHE",
                folder.resolve("cache").toString()));
        var process = builder.redirectError(folder.resolve("err").toFile()).start();
        halfway.await();
        assertEquals(0, new ProcessBuilder("/bin/sh", "-c", "kill -INT " + process.pid()).start().waitFor());
        assertEquals(130, process.waitFor());
        ended.countDown();
        assertTrue(Files.readString(folder.resolve("err")).endsWith(
                "avocet: stopped; what was downloaded is kept, and the same command goes on from there\n"));
        var repository = folder.resolve("cache/models--org--tiny");
        assertFalse(Files.exists(repository.resolve("refs/main")));
        assertFalse(Files.exists(repository.resolve("snapshots/" + "f".repeat(40) + "/model.safetensors")));
        var again = run("download", "org/tiny");
        assertEquals(0, again.code(), again.err());
        assertArrayEquals(Files.readAllBytes(Cli.MODELS.resolve("tiny-vit/model.safetensors")),
                Files.readAllBytes(Path.of(again.out().strip()).resolve("model.safetensors")));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void offlineWithoutTheModelIsOneLineAndNoRequest() {
        var result = run("classify", CAT, "--model", "org/tiny", "--offline");
        assertEquals(1, result.code());
        assertTrue(result.complaint().contains("org/tiny is not complete in the cache"), result.err());
        assertEquals(List.of(), stub.requests());
    }

    @Test
    void aWrongNameAWrongRevisionAndAPrivateOneAreOneLineEach() {
        assertTrue(run("download", "org/tyni").complaint().startsWith("there is no org/tyni on " + stub.endpoint()));
        assertTrue(run("download", "org/tiny", "--revision", "dev").complaint()
                .startsWith("org/tiny has no revision \"dev\""));
        stub.requireToken("hf_other");
        assertTrue(run("download", "org/tiny").complaint().startsWith("there is no org/tiny on"));
    }

    @Test
    void aSlipInAPathIsNotLookedForOnTheHub() {
        var result = run("classify", CAT, "--model", "src/tiny");
        assertEquals(1, result.code());
        assertTrue(result.complaint().contains("there is no src/tiny in the folder src"), result.err());
        assertEquals(List.of(), stub.requests());
    }

    @Test
    void whatNeedsNoDownloadIsAWrongCommandLine() {
        assertEquals(2, run("download", "tiny-vit").code());
        assertEquals(2, run("download", "org/tiny@main", "--revision", "main").code());
        assertEquals(List.of(), stub.requests());
    }

    @Test
    void modelsListsWhatWasDownloaded() {
        assertFalse(run("models").out().contains("org/tiny"));
        var path = run("download", "org/tiny").out().strip();
        assertTrue(run("models").out().contains("org/tiny\n  downloaded  " + path + "\n"));
        var json = run("models", "--json").json().getLast();
        assertEquals("org/tiny", json.get("model").asText());
        assertEquals(path, json.get("path").asText());
    }

    @Test
    void aPictureMayBeAnAddressUnlessOffline() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/cat.jpg", exchange -> {
            try (exchange) {
                var bytes = Files.readAllBytes(CAT);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        try {
            var url = "http://127.0.0.1:" + server.getAddress().getPort() + "/cat.jpg";
            var local = Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE).outLines();
            var remote = run("classify", url, "--model", "tiny-vit", "--device", Cli.DEVICE);
            assertEquals(local.subList(1, local.size()), remote.outLines().subList(1, local.size()), remote.err());
            var refused = run("classify", url, "--model", "tiny-vit", "--device", Cli.DEVICE, "--offline");
            assertEquals(1, refused.code());
            assertTrue(refused.complaint().startsWith(url + " is not fetched, because the network is not to be used"),
                    refused.err());
            var missing =
                    run("classify", url.replace("cat.jpg", "dog.jpg"), "--model", "tiny-vit", "--device", Cli.DEVICE);
            assertTrue(missing.complaint().contains("the server answers 404"), missing.err());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void verifyShowsOursAndThePublishedAndFailsWhereTheyDiffer() throws IOException {
        var predictions =
                Cli.ok("classify", CAT, "--model", "tiny-vit", "--device", Cli.DEVICE, "--json").json().getFirst()
                        .get("predictions");
        double cat = predictions.get(0).get("score").asDouble();
        assertEquals("cat", predictions.get(0).get("label").asText());
        var right = run("verify", "org/tiny", "--pictures", Cli.SAMPLES, "--values", table(cat, 0.0001), "--device",
                Cli.DEVICE);
        assertEquals(0, right.code(), right.err());
        assertTrue(right.outLines().get(0).matches("value +ours +published +difference +allowed"), right.out());
        assertTrue(
                right.outLines().get(1)
                        .matches("probability: cat +0\\.363\\d+ +0\\.363\\d+ +0\\.0000\\d\\d +0\\.000100"),
                right.out());
        assertTrue(right.out().contains("published by nobody"));
        var json = run("verify", "org/tiny", "--pictures", Cli.SAMPLES, "--values", table(cat, 0.0001), "--device",
                Cli.DEVICE, "--json").json();
        assertEquals(1, json.size());
        assertEquals("probability: cat", json.getFirst().get("value").asText());
        assertEquals(cat, json.getFirst().get("ours").asDouble(), 0.0001);
        assertTrue(json.getFirst().get("right").asBoolean());
        var wrong = run("verify", "org/tiny", "--pictures", Cli.SAMPLES, "--values", table(cat + 0.1, 0.01), "--device",
                Cli.DEVICE);
        assertEquals(1, wrong.code());
        assertTrue(wrong.out().contains("DIFFERS"), wrong.out());
        assertTrue(wrong.complaint().startsWith("1 of 1 values differ by more than is allowed"), wrong.err());
    }

    private Path table(double published, double tolerance) throws IOException {
        return Files.writeString(folder.resolve("values.json"), """
                {"checks": [{"what": "probability", "image": "http://pictures.invalid/some/cat.jpg", "output": "logits",
                  "softmax": true, "names": ["cat"], "published": [%s], "tolerance": %s, "source": "nobody"}]}
                """.formatted(published, tolerance));
    }

    @Test
    void verifyOfTextsTakesTheTokenizersIds() throws IOException {
        var values = Files.writeString(folder.resolve("values.json"),
                """
                        {"checks": [{"what": "zero-shot", "image": "http://pictures.invalid/cat.jpg", "output": "logits_per_image",
                          "texts": ["This is a photo of cat.", "This is a photo of dog.", "This is a photo of airplane."],
                          "max_length": 64, "softmax": true, "names": ["cat", "dog", "airplane"],
                          "published": [0.6284, 0.3715, 0.0001], "tolerance": 0.001, "source": "the README"}]}
                        """);
        var result = run("verify", "tiny-align", "--pictures", Cli.SAMPLES, "--values", values, "--device", Cli.DEVICE);
        assertEquals(0, result.code(), result.out() + result.err());
    }

    @Test
    void theTablesThatComeWithAvocetCanBeRead() {
        for (var name : List.of("kakaobrain/align-base", "kakaobrain/vit-large-patch16-384@refs/pr/2",
                "./vit-large-patch16-384/",
                "google/vit-base-patch16-224")) {
            assertFalse(PublishedValues.of(name).checks().isEmpty());
        }
    }

    @Test
    void progressIsABarWithSpeedAndTimeLeft() {
        var traits = new Terminal.Traits(Terminal.Target.SCREEN, Terminal.Target.SCREEN, true, true);
        var terminal =
                new Terminal(InputStream.nullInputStream(), new ByteArrayOutputStream(), new ByteArrayOutputStream(),
                        traits);
        try (var downloads = new Downloads(terminal)) {
            assertEquals("████████████░░░░░░░░░░░░  50 %  600 MB of 1.20 GB  40.0 MB/s  15 s left",
                    downloads.line(1_200_000_000, 600_000_000, 400_000_000, Duration.ofSeconds(10)));
            assertEquals("░░░░░░░░░░░░░░░░░░░░░░░░   0 %  0 B of 1.20 GB",
                    downloads.line(1_200_000_000, 0, 0, Duration.ZERO));
        }
    }
}
