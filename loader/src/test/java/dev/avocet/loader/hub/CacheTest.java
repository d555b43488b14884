// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches that can't be written, have no links or no room. */
class CacheTest {
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

    private HubSettings with(Path cache, boolean symlinks) {
        return new HubSettings(stub.endpoint(), cache, "", false, symlinks, Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(1));
    }

    @Test
    void withoutLinksEveryRevisionHasItsOwnFiles() throws IOException {
        var hub = Hub.of(with(fixture.cache, false));
        var main = hub.model("org/model");
        var pull = hub.model("org/model@refs/pr/2");
        for (var folder : List.of(main, pull)) {
            var weights = folder.resolve("model.safetensors");
            assertTrue(Files.isRegularFile(weights, LinkOption.NOFOLLOW_LINKS));
            assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(weights));
        }
        try (var blobs = Files.list(fixture.repo().resolve("blobs"))) {
            assertEquals(0, blobs.count());
        }
        assertEquals(main, fixture.offline().model("org/model"));
    }

    @Test
    void aCompleteCacheIsNotWrittenTo() throws IOException {
        var folder = fixture.hub().model("org/model");
        var before = times();
        assertEquals(folder, fixture.hub().model("org/model"));
        assertEquals(folder, fixture.offline().model("org/model"));
        assertEquals(before, times());
    }

    private TreeMap<String, String> times() throws IOException {
        var times = new TreeMap<String, String>();
        try (var all = Files.walk(fixture.cache)) {
            for (var each : all.toList()) {
                times.put(each.toString(), Files.getLastModifiedTime(each, LinkOption.NOFOLLOW_LINKS).toString());
            }
        }
        return times;
    }

    @Test
    void aCacheThatMayNotBeWrittenServesWhatItHas() throws Exception {
        var folder = fixture.hub().model("org/model");
        readOnly(fixture.cache, true);
        try {
            assumeTrue(!canWrite(fixture.cache), "root writes where nobody may");
            assertEquals(folder, fixture.hub().model("org/model"));
            assertEquals(folder, fixture.offline().model("org/model"));
            Fixture.fails(Reason.NOT_WRITABLE, "can't be written", () -> fixture.hub().model("org/model@refs/pr/2"));
        } finally {
            readOnly(fixture.cache, false);
        }
    }

    private static boolean canWrite(Path folder) {
        try {
            Files.delete(Files.createTempFile(folder, "probe", ""));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void readOnly(Path folder, boolean readOnly) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var each : all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
                Files.setPosixFilePermissions(each,
                        PosixFilePermissions.fromString(readOnly ? "r-xr-xr-x" : "rwxr-xr-x"));
            }
        }
    }

    @Test
    void aFileWhereTheCacheShouldBeIsSaid() throws IOException {
        Files.writeString(fixture.cache, "no folder");
        Fixture.fails(Reason.NOT_WRITABLE, "the cache " + fixture.cache + " can't be written",
                () -> fixture.hub().model("org/model"));
    }

    @Test
    void aModelThatDoesNotFitIsNotBegun() {
        var commit = "a".repeat(40);
        stub.repo("org/huge").revision("main", commit)
                .small(commit, "config.json", "{}").large(commit, "model.safetensors", new byte[1]);
        stub.fault("/tree/" + commit, (_, exchange, _) -> {
            var json = ("[{\"type\":\"file\",\"path\":\"config.json\",\"size\":2,\"oid\":\"" + "0".repeat(40) + "\"},"
                    + "{\"type\":\"file\",\"path\":\"model.safetensors\",\"size\":4611686018427387904,\"oid\":\""
                    + "0".repeat(40) + "\"}]").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, json.length);
            exchange.getResponseBody().write(json);
            return true;
        });
        Fixture.fails(Reason.NO_SPACE, "org/huge needs 4611686018427387906 bytes",
                () -> fixture.hub().model("org/huge"));
        assertFalse(Files.exists(fixture.cache));
    }

    /** Needs a small disk, which only root can make: {@code mount -t tmpfs -o size=1m tmpfs FOLDER}. */
    @Test
    void aDiskThatFillsUpLeavesNothingHalfWritten() throws IOException {
        var small = System.getenv("AVOCET_TEST_SMALL_DISK");
        assumeTrue(small != null, "AVOCET_TEST_SMALL_DISK names no folder on a disk of a few megabytes");
        var disk = Path.of(small);
        var cache = Files.createTempDirectory(disk, "cache");
        var hub = Hub.of(with(cache, true));
        stub.bytesPerSecond(2_000_000);
        // Another program takes the rest of the disk once the download has begun.
        var filler = disk.resolve("filler");
        try {
            Fixture.fails(Reason.NO_SPACE, "is full", () -> hub.model("org/model", new DownloadListener() {
                @Override
                public void progresses(DownloadPlan plan, long bytes) {
                    if (bytes > 50_000 && !Files.exists(filler)) {
                        fill(filler);
                    }
                }
            }));
            try (var blobs = Files.walk(cache)) {
                assertTrue(blobs.noneMatch(each -> each.toString().endsWith(".incomplete")));
            }
            Files.delete(filler);
            assertArrayEquals(Fixture.WEIGHTS, Files.readAllBytes(hub.model("org/model").resolve("model.safetensors")));
        } finally {
            Files.deleteIfExists(filler);
        }
    }

    private static void fill(Path file) {
        try (var out = Files.newOutputStream(file)) {
            for (var chunk = new byte[4096];;) {
                out.write(chunk);
            }
        } catch (IOException e) {
            // Full, as it should be.
        }
    }
}
