// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without the hub the cache is enough, and is all that is used. */
class OfflineTest {
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
    void offlineUsesTheCacheAndOpensNoConnection() {
        var folder = fixture.hub().model("org/model");
        fixture.hub().model("org/model@refs/pr/2");
        var data = fixture.hub().dataset("org/data");
        var file = data.download("README.md");
        stub.forgetRequests();
        var offline = fixture.offline();
        assertEquals(folder, offline.model("org/model"));
        assertEquals(folder, offline.model("org/model@" + Fixture.COMMIT));
        assertEquals(Fixture.PULL, offline.model("org/model@refs/pr/2").getFileName().toString());
        assertEquals(data.files(), offline.dataset("org/data").files());
        assertEquals(file, offline.dataset("org/data").download("README.md"));
        Fixture.fails(Reason.OFFLINE, "org/data", () -> offline.dataset("org/data").download("data/part-0.parquet"));
        Fixture.fails(Reason.OFFLINE, "org/data",
                () -> offline.dataset("org/data").open("data/part-0.parquet").read(0, 1));
        Fixture.fails(Reason.OFFLINE, "org/other", () -> offline.model("org/other"));
        Fixture.fails(Reason.OFFLINE, "org/model@dev", () -> offline.model("org/model@dev"));
        Fixture.fails(Reason.OFFLINE, "0000", () -> offline.model("org/model@" + "0".repeat(40)));
        Fixture.fails(Reason.OFFLINE, "does not have the list of all files of org/other",
                () -> offline.dataset("org/other"));
        assertEquals(List.of(), stub.requests());
    }

    @Test
    void aSnapshotThatLacksAFileIsNotTakenForTheModel() throws IOException {
        fixture.hub().model("org/model");
        Files.delete(fixture.weights(Fixture.COMMIT));
        Fixture.fails(Reason.OFFLINE, "not complete in the cache " + fixture.repo(),
                () -> fixture.offline().model("org/model"));
    }

    @Test
    void aSnapshotWithoutAListingIsTakenForWhatItHas() throws IOException {
        var folder = fixture.hub().model("org/model");
        Files.delete(fixture.repo().resolve("trees/" + Fixture.COMMIT + ".json"));
        assertEquals(folder, fixture.offline().model("org/model"));
        Files.delete(folder.resolve("model.safetensors"));
        Fixture.fails(Reason.OFFLINE, "not complete", () -> fixture.offline().model("org/model"));
    }

    @Test
    void aSnapshotInTheSharedStoreIsFoundThroughBothLinks() throws IOException {
        var folder = fixture.hub().model("org/model");
        var hash = new StubRepo.Content(Fixture.WEIGHTS, true).sha256();
        var shared = fixture.cache.resolve("blobs/ab/" + "ab".repeat(32));
        Files.createDirectories(shared.getParent());
        var blob = fixture.repo().resolve("blobs").resolve(hash);
        Files.move(blob, shared);
        Files.createSymbolicLink(blob, blob.getParent().relativize(shared));
        assertEquals(folder, fixture.offline().model("org/model"));
        assertEquals(1, fixture.offline().cachedModels().size());
    }

    @Test
    void aHubThatCanNotBeAskedIsNoHindranceForWhatTheCacheHas() {
        var folder = fixture.hub().model("org/model");
        for (int status : new int[] {500, 503, 429, 401, 403, 404}) {
            stub.fault("/revision/main", StubHub.status(status));
            stub.forgetRequests();
            var log = new Fixture.Log();
            assertEquals(folder, fixture.hub().model("org/model", log));
            assertEquals(1, stub.requests().size());
            assertEquals(1, log.fallbacks.size());
        }
        stub.close();
        var log = new Fixture.Log();
        assertEquals(folder, fixture.hub().model("org/model", log));
        assertTrue(log.fallbacks.getFirst().contains("does not accept connections"), log.fallbacks.toString());
    }

    @Test
    void aRevisionThatIsGoneIsToldOfAllTheSame() {
        fixture.hub().model("org/model");
        stub.repo("org/model").revision("main", null);
        Fixture.fails(Reason.NO_REVISION, "main", () -> fixture.hub().model("org/model"));
    }
}
