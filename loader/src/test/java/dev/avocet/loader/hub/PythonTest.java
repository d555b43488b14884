// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache is one for Avocet and for Python's huggingface_hub. */
class PythonTest {
    private Fixture fixture;

    @TempDir
    private Path folder;

    @BeforeAll
    static void requirePython() throws Exception {
        Python.require();
    }

    @BeforeEach
    void start() {
        fixture = new Fixture(folder);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void download() {
        download(fixture.hub());
    }

    private static void download(Hub hub) {
        hub.model("org/model");
        hub.model("org/model@refs/pr/2");
        var data = hub.dataset("org/data");
        for (var file : List.of("README.md", "subfolder/to?/awful?filename%you:should,never.give",
                "data/part-1.parquet")) {
            data.download(file);
        }
        assertThrows(HubException.class, () -> data.download("folder/none.txt"));
    }

    @Test
    void bothMakeTheSameCacheAndAvocetLoadsPythons() throws Exception {
        var python = folder.resolve("python");
        Python.finish(Python.start(fixture.stub, "download", python));
        download();
        assertEquals(Fixture.contents(python), Fixture.contents(fixture.cache));

        var settings = fixture.settings();
        fixture.stub.forgetRequests();
        var offline = Hub.of(new HubSettings(settings.endpoint(), python, "", true, true, settings.answerTimeout(),
                settings.idleTimeout(), settings.retryDelay()));
        assertEquals(python.resolve("models--org--model/snapshots/" + Fixture.COMMIT), offline.model("org/model"));
        assertEquals(Fixture.PULL, offline.model("org/model@refs/pr/2").getFileName().toString());
        assertEquals(python.resolve("datasets--org--data/snapshots/" + Fixture.DATA + "/README.md"),
                offline.dataset("org/data").download("README.md"));
        assertEquals(List.of(), fixture.stub.requests());
    }

    @Test
    void bothMakeTheSameCacheWithoutLinks() throws Exception {
        var python = folder.resolve("python");
        Python.finish(Python.start(fixture.stub, "copies", python));
        var settings = fixture.settings();
        download(Hub
                .of(new HubSettings(settings.endpoint(), settings.cache(), "", false, false, settings.answerTimeout(),
                        settings.idleTimeout(), settings.retryDelay())));
        assertEquals(Fixture.contents(python), Fixture.contents(fixture.cache));
    }

    @Test
    void pythonLoadsAvocetsOffline() throws Exception {
        download();
        Python.finish(Python.start(null, "check", fixture.cache));
    }

    @Test
    void bothAtOnceGiveOneSoundCache() throws Exception {
        fixture.stub.bytesPerSecond(300_000);
        var python = Python.start(fixture.stub, "download", fixture.cache);
        download();
        Python.finish(python);
        Python.finish(Python.start(null, "check", fixture.cache));
    }
}
