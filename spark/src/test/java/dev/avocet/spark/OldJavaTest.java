// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.avocet.spark.launch.EmbedPartition;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a job says on a Java that Spark runs on and Avocet doesn't. */
class OldJavaTest {
    private static final int JAVA_17 = 61;

    private static Path launchClasses() throws Exception {
        return Path.of(EmbedPartition.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @Test
    void whatIsLoadedBeforeTheCheckIsCompiledForJava17() throws Exception {
        try (var files = Files.walk(launchClasses().resolve("dev/avocet/spark/launch"))) {
            var classes = files.filter(file -> file.toString().endsWith(".class")).toList();
            assertTrue(classes.size() >= 5, classes.toString());
            for (var file : classes) {
                assertEquals(JAVA_17, version(file), file.toString());
            }
        }
    }

    private static int version(Path file) throws IOException {
        try (var in = new DataInputStream(Files.newInputStream(file))) {
            in.skipNBytes(6);
            return in.readUnsignedShort();
        }
    }

    @Test
    void aDriverOnAnOlderJavaSaysSoInOneLine() throws Exception {
        var older = oldJava();
        assumeTrue(!older.isEmpty(), "there is no older Java here");
        var process = new ProcessBuilder(older.getFirst().toString(), "-cp", launchClasses().toString(),
                "dev.avocet.spark.launch.Main").redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor());
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.startsWith("avocet: Avocet needs Java 25 or newer, and the driver runs on Java "), said);
    }

    private static List<Path> oldJava() throws IOException {
        var installed = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(installed)) {
            return List.of();
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(home -> home.getFileName().toString().matches(".*\\b(17|21)\\b.*"))
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .toList();
        }
    }
}
