// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.hub.HubException.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who can't have what they want reads in one line which of the reasons it is. */
class FailuresTest {
    private Fixture fixture;
    private StubHub stub;

    @BeforeEach
    void start(@TempDir Path folder) {
        fixture = new Fixture(folder);
        stub = fixture.stub;
    }

    @AfterEach
    void stop() {
        assertFalse(Files.exists(fixture.cache.resolve("models--org--model/refs/main")));
        fixture.close();
    }

    @Test
    void aWrongName() {
        var message = Fixture.fails(Reason.NO_REPOSITORY, "there is no org/modle on " + stub.endpoint(),
                () -> fixture.hub().model("org/modle"));
        assertTrue(message.contains("check the name"), message);
    }

    @Test
    void aWrongRevision() {
        Fixture.fails(Reason.NO_REVISION, "org/model has no revision \"dev\"",
                () -> fixture.hub().model("org/model@dev"));
    }

    @Test
    void aWrongToken() {
        stub.requireToken("another");
        Fixture.fails(Reason.BAD_TOKEN, "does not accept the token; renew HF_TOKEN",
                () -> fixture.hub().model("org/model"));
    }

    @Test
    void aPrivateRepositoryWithoutAToken() {
        stub.requireToken("wanted");
        var settings = fixture.settings();
        var nobody = new HubSettings(settings.endpoint(), settings.cache(), "", false, true, settings.answerTimeout(),
                settings.idleTimeout(), settings.retryDelay());
        Fixture.fails(Reason.NO_REPOSITORY, "or it is private", () -> Hub.of(nobody).model("org/model"));
    }

    @Test
    void aGatedRepository() {
        stub.fault("/revision/main", (_, exchange, _) -> {
            StubHub.error(exchange, 403, "GatedRepo", "Access to model org/model is restricted");
            return true;
        });
        var message = Fixture.fails(Reason.GATED, "org/model is gated", () -> fixture.hub().model("org/model"));
        assertTrue(message.contains("ask for access"), message);
    }

    @Test
    void noRights() {
        stub.fault("config.json", (_, exchange, _) -> {
            StubHub.error(exchange, 403, "", "Access to this resource is disabled.");
            return true;
        });
        Fixture.fails(Reason.FORBIDDEN, "403: Access to this resource is disabled.",
                () -> fixture.hub().model("org/model"));
    }

    @Test
    void noNetwork() {
        var log = new Fixture.Log();
        Fixture.fails(Reason.UNREACHABLE, "no host hub.invalid",
                () -> Hub.of(at("http://hub.invalid")).model("org/model", log));
        assertEquals(List.of(), log.waits);
    }

    @Test
    void aClosedPort() {
        var endpoint = stub.endpoint();
        stub.close();
        var log = new Fixture.Log();
        Fixture.fails(Reason.UNREACHABLE, endpoint + " does not accept connections",
                () -> fixture.hub().model("org/model", log));
        assertEquals(List.of(), log.waits);
    }

    @Test
    void aServerThatIsNoHub() {
        stub.fault("/revision/main", (_, exchange, _) -> {
            exchange.sendResponseHeaders(200, 6);
            exchange.getResponseBody().write("<html>".getBytes(StandardCharsets.UTF_8));
            return true;
        });
        Fixture.fails(Reason.BAD_ANSWER, "answers with no JSON; check HF_ENDPOINT",
                () -> fixture.hub().model("org/model"));
    }

    @Test
    void aServerThatNeverAnswers() {
        for (int i = 0; i < 6; i++) {
            stub.fault("/revision/main", (stub, _, _) -> {
                stub.waitUntilClosed(60_000);
                return true;
            });
        }
        var settings = fixture.settings();
        var hurried = new HubSettings(settings.endpoint(), settings.cache(), "", false, true, Duration.ofMillis(50),
                settings.idleTimeout(), settings.retryDelay());
        Fixture.fails(Reason.UNREACHABLE, "no answer within", () -> Hub.of(hurried).model("org/model"));
    }

    private HubSettings at(String endpoint) {
        var settings = fixture.settings();
        return new HubSettings(URI.create(endpoint), settings.cache(), "", false, true, settings.answerTimeout(),
                settings.idleTimeout(), settings.retryDelay());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b/c", "/b", "a/", "a--b/c", "a..b", "a/b.git", "a/-b", "a/b ", "café/b", "a/b@",
        "a/b@../../x", "a/b@/x", "a/b@x\\y", "a/b@C:x", "a/b@x\ny"})
    void aNameThatNoRepositoryHasIsRefusedBeforeAnythingIsAsked(String name) {
        var error = assertThrows(HubException.class, () -> fixture.hub().model(name));
        assertEquals(Reason.BAD_NAME, error.reason());
        assertEquals(List.of(), stub.requests());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../../escape", "a/../../b", "/etc/passwd", "C:/windows", "a/C:b", "\\\\host\\share", "a\\b"})
    void aFileThatWouldLeaveTheCacheIsRefused(String path) {
        var commit = "7".repeat(40);
        var file = new RepoFile(path, 1, "0".repeat(40), Optional.empty(), Optional.empty());
        var cache = new RepoCache(fixture.settings(), RepoName.of(RepoName.Kind.MODEL, "org/model"));
        Fixture.fails(Reason.BAD_ANSWER, "outside the cache", () -> cache.has(commit, file));
    }

    @Test
    void tensorflowRepositoriesNameTheirEquivalent() {
        var commit = "8".repeat(40);
        stub.repo("kakaobrain/coyo-align-b7-base").revision("main", commit)
                .small(commit, "saved_model.pb", "x").small(commit, "README.md", "x");
        stub.repo("kakaobrain/vit-l16-coyo-labeled-300m-i1k384").revision("main", commit)
                .small(commit, "model.ckpt.index", "x");
        stub.repo("org/tf").revision("main", commit).small(commit, "config.json", "{}").small(commit, "tf_model.h5",
                "x");
        Fixture.fails(Reason.NOT_A_MODEL, "the same model is kakaobrain/align-base",
                () -> fixture.hub().model("kakaobrain/coyo-align-b7-base"));
        Fixture.fails(Reason.NOT_A_MODEL, "the same model is kakaobrain/vit-large-patch16-384",
                () -> fixture.hub().model("kakaobrain/vit-l16-coyo-labeled-300m-i1k384"));
        Fixture.fails(Reason.NOT_A_MODEL, "TensorFlow files only", () -> fixture.hub().model("org/tf"));
    }

    @Test
    void aRepositoryWithoutAModel() {
        var commit = "9".repeat(40);
        stub.repo("org/empty").revision("main", commit).small(commit, "README.md", "x");
        Fixture.fails(Reason.NOT_A_MODEL, "org/empty has no config.json", () -> fixture.hub().model("org/empty"));
    }

    @Test
    void aTokenIsNeverInAMessage() {
        stub.requireToken("another");
        var message = Fixture.fails(Reason.BAD_TOKEN, "", () -> fixture.hub().model("org/model"));
        assertFalse(message.contains(Fixture.TOKEN), message);
        assertFalse(fixture.settings().toString().contains(Fixture.TOKEN));
    }
}
