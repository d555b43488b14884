// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A Python with huggingface_hub: AVOCET_PYTHON, else python3. */
final class Python {
    private static final String SCRIPT = "src/test/python/hub_peer.py";

    private Python() {}

    /** Skips the test, and says so, where there is none. */
    static void require() throws Exception {
        var version = "";
        try {
            var process = new ProcessBuilder(command("version")).redirectErrorStream(true).start();
            version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            version = process.waitFor() == 0 ? version : "";
        } catch (IOException e) {
            // Said below.
        }
        assumeTrue(!version.isEmpty(),
                "no Python with huggingface_hub: install it, or set AVOCET_PYTHON to one that has it");
        assumeTrue(Integer.parseInt(version.split("\\.")[0]) >= 2,
                "huggingface_hub " + version + " has another layout");
    }

    /** Starts the script against a stub, or offline without one. */
    static Process start(StubHub stub, Object... args) throws IOException {
        var builder = new ProcessBuilder(command(args)).redirectErrorStream(true);
        var env = builder.environment();
        env.keySet().removeIf(name -> name.startsWith("HF_") || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        env.put("HF_HUB_DISABLE_PROGRESS_BARS", "1");
        env.put(stub == null ? "HF_HUB_OFFLINE" : "HF_ENDPOINT", stub == null ? "1" : stub.endpoint().toString());
        return builder.start();
    }

    /** Waits for a process that succeeds; returns what it said. */
    static String finish(Process process) throws Exception {
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.strip();
    }

    private static List<String> command(Object... args) {
        var command = new ArrayList<String>();
        command.add(System.getenv().getOrDefault("AVOCET_PYTHON", "python3"));
        command.add(SCRIPT);
        for (var arg : args) {
            command.add(arg.toString());
        }
        return command;
    }
}
