// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeBuildTest {
    private static final Path SCRIPT = Path.of("build-native.sh").toAbsolutePath();

    /** Where the Maven build has the libraries made before it runs tests. */
    private static final Path BUILT = Path.of("target/native").toAbsolutePath();

    @Test
    void withoutACompilerTheBuildSaysSoAndSucceeds(@TempDir Path folder) throws Exception {
        var tools = Files.createDirectory(folder.resolve("tools"));
        for (var tool : List.of("cat", "dirname", "find", "mkdir", "mv", "sh", "uname")) {
            var script = Files.writeString(tools.resolve(tool), "#!/bin/sh\nexec " + onThePath(tool) + " \"$@\"\n");
            assertTrue(script.toFile().setExecutable(true));
        }

        var said = run(folder.resolve("out"), Map.of("PATH", tools.toString()));

        assertEquals(1, said.lines().count(), said);
        assertTrue(said.contains("no C compiler"), said);
        assertEquals(Map.of(), libraries(folder.resolve("out")));
    }

    @Test
    void librariesNewerThanTheirSourcesAreLeftAlone() throws Exception {
        var before = libraries(BUILT);

        run(BUILT, System.getenv());

        assertEquals(before, libraries(BUILT));
    }

    private static String run(Path out, Map<String, String> environment) throws Exception {
        var command = new ProcessBuilder("/bin/sh", SCRIPT.toString(), out.toString()).redirectErrorStream(true);
        command.environment().clear();
        command.environment().putAll(environment);
        var process = command.start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private static Path onThePath(String tool) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(tool + " is not on the PATH"));
    }

    /** When each library below the folder was written. */
    private static Map<Path, Object> libraries(Path folder) throws IOException {
        var times = new TreeMap<Path, Object>();
        if (Files.isDirectory(folder)) {
            try (var files = Files.walk(folder)) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    times.put(folder.relativize(file), Files.getLastModifiedTime(file));
                }
            }
        }
        return times;
    }
}
