// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the hub has gets into the cache, once and in the right place. */
class HubTest {
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

    @Test
    void aModelIsItsConfigurationWeightsPreprocessorAndTokenizer() throws IOException {
        var folder = fixture.hub().model("org/model");
        assertEquals(fixture.repo().resolve("snapshots").resolve(Fixture.COMMIT), folder);
        try (var files = Files.list(folder)) {
            assertEquals(List.of("config.json", "model.safetensors", "preprocessor_config.json", "vocab.txt"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(folder.resolve("model.safetensors")));
    }

    @Test
    void theCacheHasTheLayoutOfHuggingfaceHub() throws IOException {
        fixture.hub().model("org/model");
        var weights = new StubRepo.Content(Fixture.WEIGHTS, true);
        var contents = Fixture.contents(fixture.cache);
        assertEquals("-> ../../blobs/" + weights.sha256(),
                contents.get("models--org--model/snapshots/" + Fixture.COMMIT + "/model.safetensors"));
        assertEquals(Fixture.COMMIT, contents.get("models--org--model/refs/main"));
        assertEquals("{\"model_type\": \"vit\"}\n", contents.get("models--org--model/blobs/"
                + StubRepo.gitSha1("{\"model_type\": \"vit\"}\n".getBytes(StandardCharsets.UTF_8))));
        assertTrue(contents.get("CACHEDIR.TAG").startsWith("Signature: 8a477f597d28d172789f06886806bc55\n"));
        assertTrue(contents.containsKey("models--org--model/trees/" + Fixture.COMMIT + ".json"));
    }

    @Test
    void whatIsInTheCacheIsNotDownloadedAgain() {
        var hub = fixture.hub();
        hub.model("org/model");
        stub.forgetRequests();
        var log = new Fixture.Log();
        hub.model("org/model", log);
        assertEquals(List.of("/api/models/org/model/revision/main"),
                stub.requests().stream().map(StubHub.Request::path).toList());
        assertEquals(List.of(), log.plans);
    }

    @Test
    void whatAnotherProgramLeftOutIsDownloaded() throws IOException {
        var hub = fixture.hub();
        var folder = hub.model("org/model");
        // As transformers leaves it, which asks for the files of one class alone.
        Files.delete(fixture.repo().resolve("trees/" + Fixture.COMMIT + ".json"));
        Files.delete(folder.resolve("vocab.txt"));
        assertEquals(folder, fixture.offline().model("org/model"));
        hub.model("org/model");
        assertTrue(Files.exists(folder.resolve("vocab.txt")));
    }

    @Test
    void aCommitInTheCacheNeedsNoNetwork() {
        var hub = fixture.hub();
        var folder = hub.model("org/model");
        stub.forgetRequests();
        assertEquals(folder, hub.model("org/model@" + Fixture.COMMIT));
        assertEquals(List.of(), stub.requests());
    }

    @Test
    void aPullRequestIsTakenOnlyWhenItIsNamed() throws IOException {
        var hub = fixture.hub();
        hub.model("org/model");
        assertTrue(stub.requests().stream().noneMatch(each -> each.path().contains("refs")));
        stub.forgetRequests();
        var folder = hub.model("org/model@refs/pr/2");
        assertEquals(Fixture.PULL, folder.getFileName().toString());
        assertEquals("/api/models/org/model/revision/refs%2Fpr%2F2", stub.requests().getFirst().path());
        assertEquals(Fixture.PULL, Files.readString(fixture.repo().resolve("refs/refs/pr/2")));
    }

    @Test
    void contentThatAnotherRevisionHasIsNotDownloadedAgain() throws IOException {
        var hub = fixture.hub();
        hub.model("org/model");
        stub.forgetRequests();
        var folder = hub.model("org/model@refs/pr/2");
        assertEquals(List.of(), stub.requests("model.safetensors"));
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(folder.resolve("model.safetensors")));
    }

    @Test
    void aBranchThatMovedIsFollowedAndTheOldCommitStays() {
        var hub = fixture.hub();
        var old = hub.model("org/model");
        stub.repo("org/model").revision("main", Fixture.PULL);
        assertNotEquals(old, hub.model("org/model"));
        assertTrue(Files.exists(old.resolve("model.safetensors")));
        assertEquals(Optional.of(Fixture.PULL), new RepoCache(fixture.settings(),
                RepoName.of(RepoName.Kind.MODEL, "org/model")).commit("main"));
    }

    @Test
    void theTokenGoesToTheHubAndNeverToTheStorage() {
        stub.requireToken(Fixture.TOKEN);
        fixture.hub().model("org/model");
        for (var request : stub.requests()) {
            assertEquals(request.host().equals("hub") ? Optional.of("Bearer " + Fixture.TOKEN) : Optional.empty(),
                    request.token(), request.toString());
        }
        assertTrue(stub.requests().stream().anyMatch(each -> each.host().equals("storage")));
    }

    @Test
    void theTokenDoesNotComeBackOnceItWasLeftBehind() {
        stub.fault("storage", (stub, exchange, _) -> {
            StubHub.redirect(exchange, 302, stub.endpoint() + "/back");
            return true;
        });
        Fixture.fails(Reason.BAD_ANSWER, "", () -> fixture.hub().model("org/model"));
        assertEquals(Optional.empty(), stub.requests("/back").getFirst().token());
    }

    @Test
    void aRenamedRepositoryIsFoundUnderItsOldName() {
        for (var path : List.of("/api/models/org/old/revision/main", "/api/models/org/old/tree/" + Fixture.COMMIT)) {
            stub.fault(path, (_, exchange, _) -> {
                StubHub.redirect(exchange, 307, exchange.getRequestURI().toString().replace("/old/", "/model/"));
                return true;
            });
        }
        for (var file : List.of("config.json", "model.safetensors", "preprocessor_config.json", "vocab.txt")) {
            stub.fault("org/old/resolve/" + Fixture.COMMIT + "/" + file, (_, exchange, _) -> {
                StubHub.redirect(exchange, 307, exchange.getRequestURI().toString().replace("/old/", "/model/"));
                return true;
            });
        }
        stub.requireToken("");
        assertEquals("models--org--old",
                fixture.hub().model("org/old").getParent().getParent().getFileName().toString());
    }

    @Test
    void theListenerHearsTheSizeFirstAndThenEveryStep() {
        var log = new Fixture.Log();
        fixture.hub().model("org/model", log);
        var plan = log.plans.getFirst();
        assertEquals(1, log.plans.size());
        assertEquals(plan.bytes(), plan.files().stream().mapToLong(RepoFile::bytes).sum());
        assertEquals(fixture.repo(), plan.folder());
        assertTrue(plan.free() > plan.bytes());
        assertEquals(plan.bytes(), log.progress.getLast());
        assertEquals(log.progress.stream().sorted().toList(), log.progress);
        assertEquals(1, log.ends);
    }

    @Test
    void whatTheListenerThrowsEndsTheDownloadBeforeItBegins() {
        var refusal = new IllegalStateException("too large for me");
        var listener = new DownloadListener() {
            @Override
            public void begins(DownloadPlan plan) {
                throw refusal;
            }
        };
        assertEquals(refusal, assertThrows(IllegalStateException.class,
                () -> fixture.hub().model("org/model", listener)));
        assertFalse(Files.exists(fixture.cache));
    }

    @Test
    void shardsAreThoseThatTheIndexNames() throws IOException {
        var commit = "5".repeat(40);
        stub.repo("org/sharded").revision("main", commit)
                .small(commit, "config.json", "{}")
                .small(commit, "model.safetensors.index.json",
                        "{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\",\"c\":\"one.safetensors\"}}")
                .large(commit, "one.safetensors", Fixture.bytes(5, 10))
                .large(commit, "two.safetensors", Fixture.bytes(6, 10))
                .large(commit, "three.safetensors", Fixture.bytes(7, 10));
        var folder = fixture.hub().model("org/sharded");
        try (var files = Files.list(folder)) {
            assertEquals(List.of("config.json", "model.safetensors.index.json", "one.safetensors", "two.safetensors"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertEquals(folder, fixture.offline().model("org/sharded"));
        Files.delete(folder.resolve("two.safetensors"));
        Fixture.fails(Reason.OFFLINE, "not complete", () -> fixture.offline().model("org/sharded"));
    }

    @Test
    void pytorchWeightsAreTakenWhereThereAreNoOthers() {
        var commit = "6".repeat(40);
        stub.repo("org/old-weights").revision("main", commit)
                .small(commit, "config.json", "{}")
                .large(commit, "pytorch_model.bin", Fixture.bytes(5, 10));
        assertTrue(Files.exists(fixture.hub().model("org/old-weights").resolve("pytorch_model.bin")));
    }

    @Test
    void whatAnInterruptedRunLeftIsTakenUp() throws IOException {
        var hash = new StubRepo.Content(Fixture.WEIGHTS, true).sha256();
        var partial = fixture.repo().resolve("blobs").resolve(hash + ".avocet.incomplete");
        Files.createDirectories(partial.getParent());
        Files.write(partial, Arrays.copyOf(Fixture.WEIGHTS, 200_000));
        fixture.hub().model("org/model");
        assertEquals(List.of(Optional.of("bytes=200000-")),
                stub.requests("/" + hash).stream().map(StubHub.Request::range).toList());
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(fixture.weights(Fixture.COMMIT)));
        assertFalse(Files.exists(partial));
    }

    @Test
    void whatAnInterruptedRunLeftCompleteIsOnlyChecked() throws IOException {
        var hash = new StubRepo.Content(Fixture.WEIGHTS, true).sha256();
        var partial = fixture.repo().resolve("blobs").resolve(hash + ".avocet.incomplete");
        Files.createDirectories(partial.getParent());
        Files.write(partial, Fixture.WEIGHTS);
        fixture.hub().model("org/model");
        assertEquals(List.of(), stub.requests("/" + hash));
    }

    @Test
    void aWrongBeginningIsNoticedAndTheFileFetchedAnew() throws IOException {
        var hash = new StubRepo.Content(Fixture.WEIGHTS, true).sha256();
        var partial = fixture.repo().resolve("blobs").resolve(hash + ".avocet.incomplete");
        Files.createDirectories(partial.getParent());
        Files.write(partial, new byte[200_000]);
        fixture.hub().model("org/model");
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(fixture.weights(Fixture.COMMIT)));
    }

    @Test
    void aWrongBlobThatAnotherProgramLeftIsNotShown() throws IOException {
        var hash = new StubRepo.Content(Fixture.WEIGHTS, true).sha256();
        Files.createDirectories(fixture.repo().resolve("blobs"));
        Files.write(fixture.repo().resolve("blobs").resolve(hash), new byte[Fixture.WEIGHTS.length]);
        fixture.hub().model("org/model");
        assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(fixture.weights(Fixture.COMMIT)));
    }

    @Test
    void theModelsInTheCacheAreListed() {
        var hub = fixture.hub();
        assertEquals(List.of(), hub.cachedModels());
        var main = hub.model("org/model");
        var pull = hub.model("org/model@refs/pr/2");
        hub.dataset("org/data").download("README.md");
        assertEquals(List.of(new CachedModel("org/model", main), new CachedModel("org/model@refs/pr/2", pull)),
                hub.cachedModels());
        assertEquals(Optional.of("org/model"), CachedModel.nameOf(pull));
        assertEquals(Optional.empty(), CachedModel.nameOf(Path.of("models/tiny-vit")));
        assertEquals(Optional.empty(), CachedModel.nameOf(Path.of("/snapshots/x")));
    }

    @Test
    void aListingIsKeptAsPythonWritesIt() {
        var file = new RepoFile("a \"b\"\\é\u007f😀.bin", 3, "0".repeat(40), Optional.of("1".repeat(64)),
                Optional.of("2".repeat(64)));
        var listing =
                Listing.of(List.of(file, new RepoFile("a", 1, "3".repeat(40), Optional.empty(), Optional.empty())));
        assertEquals("""
                {
                 "format_version": 1,
                 "files": {
                  "a": {
                   "size": 1,
                   "blob_id": "3333333333333333333333333333333333333333"
                  },
                  "a \\"b\\"\\\\\\u00e9\\u007f\\ud83d\\ude00.bin": {
                   "size": 3,
                   "blob_id": "0000000000000000000000000000000000000000",
                   "lfs_sha256": "1111111111111111111111111111111111111111111111111111111111111111",
                   "lfs_size": 3,
                   "xet_hash": "2222222222222222222222222222222222222222222222222222222222222222"
                  }
                 }
                }""", listing.json());
        assertEquals("{\n \"format_version\": 1,\n \"files\": {}\n}", new Listing(new LinkedHashMap<>()).json());
        assertEquals(Map.of(), Listing.of(List.of()).files());
    }
}
