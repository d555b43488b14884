// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.avocet.core.backend.BackendUnavailable;
import dev.avocet.core.backend.Device;
import dev.avocet.loader.hub.HubSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs command lines in this process, and keeps what they say. */
final class Cli {
    static final Path MODELS = Path.of("../models");
    static final Path SAMPLES = MODELS.resolve("samples");
    /** Models with the results that Hugging Face transformers has for them. */
    static final Path GOLDEN = Path.of("../pipelines/src/test/resources/golden");
    /** Where no C compiler was found, the reference is what there is. */
    static final String DEVICE = hasCpu() ? "cpu" : "reference";

    /** No network, and nothing in the cache. */
    static final HubSettings NO_HUB =
            new HubSettings(URI.create("http://hub.invalid"), Path.of("target/no-cache"),
                    "", true, true, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(1));

    private static final ObjectMapper JSON = new ObjectMapper();

    private Cli() {}

    /** What a command line said and how it ended. */
    record Result(int code, String out, String err) {
        List<String> outLines() {
            return out.lines().toList();
        }

        List<String> errLines() {
            return err.lines().toList();
        }

        /** Standard output as JSON Lines. */
        List<JsonNode> json() {
            var objects = new ArrayList<JsonNode>();
            for (var line : outLines()) {
                objects.add(parse(line));
            }
            return objects;
        }

        /** The only line of standard error, after the program's name. */
        String complaint() {
            assertEquals(1, errLines().size(), err);
            assertEquals("avocet: ", err.substring(0, 8), err);
            return err.substring(8).strip();
        }
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + json, e);
        }
    }

    /** Runs a command line. */
    static Result run(Object... args) {
        return withInput(new byte[0], args);
    }

    /** Runs a command line that succeeds without a word on standard error. */
    static Result ok(Object... args) {
        var result = run(args);
        assertEquals("", result.err());
        assertEquals(0, result.code());
        return result;
    }

    /** Runs a command line with something on standard input. */
    static Result withInput(byte[] input, Object... args) {
        return run(input, NO_HUB, args);
    }

    /** Runs a command line that may use this hub. */
    static Result withHub(HubSettings hub, Object... args) {
        return run(new byte[0], hub, args);
    }

    private static Result run(byte[] input, HubSettings hub, Object... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var traits = new Terminal.Traits(Terminal.Target.FILE, Terminal.Target.FILE, true, false);
        var terminal = new Terminal(new ByteArrayInputStream(input), out, err, traits);
        int code = Main.run(terminal, () -> hub, words(args));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static String[] words(Object... args) {
        var words = new ArrayList<String>();
        for (var arg : args) {
            words.add(arg.toString());
        }
        return words.toArray(String[]::new);
    }

    private static boolean hasCpu() {
        try (var device = Device.firstOf("cpu")) {
            return device != null;
        } catch (BackendUnavailable e) {
            return false;
        }
    }
}
