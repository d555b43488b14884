// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @Test
    void withoutArgumentsThereAreThreeThingsToTry() {
        var lines = Cli.ok().outLines();
        assertEquals(3, lines.stream().filter(line -> line.startsWith("  avocet ")).count());
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        var pom = Files.readString(Path.of("pom.xml"));
        var version = pom.replaceFirst("(?s).*?<version>(.*?)</version>.*", "$1");
        assertEquals("avocet " + version, Cli.ok("--version").out().strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"classify", "zero-shot", "embed", "run", "preprocess", "tokenize", "inspect", "models",
                "download", "verify", "doctor",
                "bench", "explain", "profile", "serve", "completion"})
    void everyCommandExplainsItselfIn80Columns(String command) {
        assertTrue(Cli.ok("--help").out().contains("\n  " + command + " "));
        var help = Cli.ok(command, "--help");
        assertTrue(help.out().contains("Usage: avocet " + command), help.out());
        assertEquals(help.out(), Cli.ok("help", command).out());
        help.outLines().forEach(line -> assertTrue(line.length() <= 80, line));
        // Words must not be cut by breaking lines that were broken by hand.
        help.outLines().forEach(line -> assertTrue(line.isBlank() || line.strip().length() > 3, help.out()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void theCompletionScriptKnowsCommandsAndOptions(String shell) {
        var script = Cli.ok("completion", shell).out();
        for (var word : new String[] {"zero-shot", "--labels-file", "--top-k", "completion"}) {
            assertTrue(script.contains(word), word);
        }
    }

    @Test
    void theDocumentationNamesEveryCommandAndOption() throws IOException {
        var page = Files.readString(Path.of("../docs/command-line.md"));
        for (var command : Cli.ok("--help").out().lines().filter(line -> line.matches("  [a-z].*")).toList()) {
            var name = command.strip().replaceFirst(" .*", "");
            if (name.matches("avocet|help")) {
                continue;
            }
            assertTrue(page.contains("avocet " + name), name);
            Pattern.compile("--[a-z-]+").matcher(Cli.ok(name, "--help").out()).results().forEach(
                    option -> assertTrue(page.contains(option.group()), name + " " + option.group()));
        }
    }
}
