// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** A stub hub with a model and a data set, and an empty cache. */
final class Fixture implements AutoCloseable {
    static final String COMMIT = "c".repeat(40);
    static final String PULL = "d".repeat(40);
    static final String DATA = "e".repeat(40);
    static final byte[] WEIGHTS = bytes(1, 300_000);
    static final String TOKEN = "hf_secret";

    final StubHub stub = new StubHub();
    final Path cache;

    Fixture(Path folder) {
        this.cache = folder.resolve("cache");
        stub.repo("org/model")
                .revision("main", COMMIT)
                .small(COMMIT, "README.md", "# A model\n")
                .small(COMMIT, "config.json", "{\"model_type\": \"vit\"}\n")
                .small(COMMIT, "preprocessor_config.json", "{}")
                .small(COMMIT, "vocab.txt", "[PAD]\n".repeat(2000))
                .large(COMMIT, "model.safetensors", WEIGHTS)
                .large(COMMIT, "pytorch_model.bin", bytes(2, 1000))
                .revision("refs/pr/2", PULL)
                .small(PULL, "config.json", "{\"model_type\": \"vit\"}\n")
                .large(PULL, "model.safetensors", WEIGHTS);
        stub.repo("datasets/org/data")
                .revision("main", DATA)
                .small(DATA, "README.md", "# Data\n")
                .small(DATA, "subfolder/to?/awful?filename%you:should,never.give", "awful\n")
                .large(DATA, "data/part-0.parquet", bytes(3, 200_000))
                .large(DATA, "data/part-1.parquet", bytes(4, 100_000));
    }

    static byte[] bytes(long seed, int count) {
        var bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    HubSettings settings() {
        return new HubSettings(stub.endpoint(), cache, TOKEN, false, true, Duration.ofSeconds(5), Duration.ofSeconds(5),
                Duration.ofMillis(1));
    }

    Hub hub() {
        return Hub.of(settings());
    }

    Hub offline() {
        return Hub.of(settings().withOffline());
    }

    Path repo() {
        return cache.resolve("models--org--model");
    }

    Path weights(String commit) {
        return repo().resolve("snapshots").resolve(commit).resolve("model.safetensors");
    }

    @Override
    public void close() {
        stub.close();
    }

    /** Fails with this reason and words; returns the message, which is one line. */
    static String fails(Reason reason, String words, Runnable use) {
        var error = assertThrows(HubException.class, use::run);
        assertEquals(reason, error.reason(), error.getMessage());
        assertTrue(error.getMessage().contains(words), error.getMessage());
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        return error.getMessage();
    }

    /** Every path below a folder but the locks, with what it is: a link's target, or a file's content. */
    static TreeMap<String, String> contents(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var all = Files.walk(folder)) {
            for (var each : all.toList()) {
                var name = folder.relativize(each).toString();
                if (name.startsWith(".locks") || name.isEmpty()) {
                    continue;
                }
                if (Files.isSymbolicLink(each)) {
                    contents.put(name, "-> " + Files.readSymbolicLink(each));
                } else {
                    contents.put(name, Files.isDirectory(each)
                            ? "folder"
                            : new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1));
                }
            }
        }
        return contents;
    }

    /** Keeps what it hears. */
    static final class Log implements DownloadListener {
        final List<DownloadPlan> plans = new ArrayList<>();
        final List<Long> progress = new ArrayList<>();
        final List<String> waits = new ArrayList<>();
        final List<String> fallbacks = new ArrayList<>();
        int ends;

        @Override
        public void begins(DownloadPlan plan) {
            plans.add(plan);
        }

        @Override
        public void progresses(DownloadPlan plan, long bytes) {
            progress.add(bytes);
        }

        @Override
        public void ends(DownloadPlan plan) {
            ends++;
        }

        @Override
        public void waits(String failure, Duration pause) {
            waits.add(failure);
        }

        @Override
        public void fallsBack(String failure) {
            fallbacks.add(failure);
        }
    }
}
