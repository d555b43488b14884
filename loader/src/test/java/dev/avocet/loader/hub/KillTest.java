// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A download may be killed at any moment. Takes minutes, so that it runs only when asked for: {@code mvn test -pl loader
 * -am -Dgroups=long -Dtest.excludedGroups= -Dtest=KillTest -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("long")
class KillTest {
    private static final int POINTS = Integer.getInteger("avocet.kill.points", 200);
    private static final int FIRST = Integer.getInteger("avocet.kill.first", 0);
    /** From the creation of the first folder to some time after the last link. */
    private static final int FROM_MILLIS = 150;
    private static final int TO_MILLIS = 1500;

    @Test
    void aKilledDownloadLeavesNothingWrong(@TempDir Path folder) throws Exception {
        Python.require();
        try (var fixture = new Fixture(folder)) {
            fixture.stub.bytesPerSecond(600_000);
            var states = Files.createDirectories(folder.resolve("states"));
            int alive = 0;
            int kept = 0;
            for (int point = FIRST; point < FIRST + POINTS; point++) {
                var random = new Random(point);
                if (random.nextInt(3) == 0 && Files.exists(fixture.cache)) {
                    delete(fixture.cache);
                }
                alive += killed(fixture, random.nextInt(FROM_MILLIS, TO_MILLIS)) ? 1 : 0;
                if (Files.exists(fixture.cache)) {
                    visibleFilesAreRight(fixture.cache);
                    copy(fixture.cache, states.resolve("%03d".formatted(point)));
                    kept++;
                }
            }
            assertTrue(alive > POINTS / 2, "only " + alive + " were still running when they were killed");
            var found = Python.finish(Python.start(null, "scan", states));
            assertEquals(kept, Integer.parseInt(found));
            fixture.hub().model("org/model");
            visibleFilesAreRight(fixture.cache);
            try (var all = Files.walk(fixture.repo())) {
                assertTrue(all.noneMatch(each -> each.toString().endsWith(".incomplete")));
            }
            IO.println(POINTS + " points, " + alive + " while the download ran, " + found + " caches sound");
        }
    }

    private static boolean killed(Fixture fixture, int afterMillis) throws Exception {
        try (var download = new DownloadProcess(fixture)) {
            Thread.sleep(afterMillis);
            return download.isAlive();
        }
    }

    /** Every file below snapshots, and every blob with its final name, has the hash that its name says. */
    private static void visibleFilesAreRight(Path cache) throws IOException {
        try (var all = Files.walk(cache)) {
            for (var each : all.filter(path -> path.toString().contains("/blobs/")).toList()) {
                if (!each.toString().endsWith(".incomplete")) {
                    var content = Files.readAllBytes(each);
                    var name = each.getFileName().toString();
                    var actual = name.length() == 64
                            ? new StubRepo.Content(content, true).sha256()
                            : StubRepo.gitSha1(content);
                    assertEquals(name, actual);
                }
            }
        }
        try (var all = Files.walk(cache)) {
            for (var each : all.filter(path -> path.toString().contains("/snapshots/")).toList()) {
                assertTrue(Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS) || Files.isRegularFile(each),
                        each.toString());
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (var each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
