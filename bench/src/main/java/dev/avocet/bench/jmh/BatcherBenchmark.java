// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.jmh;

import dev.avocet.bench.Home;
import dev.avocet.bench.checkpoint.Preset;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.BatchOptions;
import dev.avocet.pipelines.Batcher;
import dev.avocet.pipelines.TextEmbedder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Eight callers at once who embed a text each, without and with a batcher: texts per second. Weights are random, of the
 * published size; {@code minilm} gets texts of 8 to 16 tokens, {@code bert} (ALIGN's) of 64.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@Threads(8)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 4, time = 3)
public class BatcherBenchmark {
    private static final int TEXTS = 256;

    @Param({"minilm", "bert"})
    private String model;

    @Param({"direct", "batched"})
    private String calls;

    @Param("0")
    private int threads;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private Function<String, float[]> embed;

    /** Opens the model, and makes the texts. */
    @Setup
    public void open() throws IOException {
        var options = threads == 0 ? DeviceOptions.defaults() : DeviceOptions.ofThreads(threads);
        var device = add(Device.firstOf(options, "cpu"));
        if (model.equals("minilm")) {
            var embedder = add(TextEmbedder.load(Preset.MINILM.in(Home.path()), device));
            embed = calls.equals("direct") ? embedder::embed : batched(embedder.batcher(BatchOptions.defaults()));
        } else {
            var align = add(Align.load(Preset.ALIGN_BASE.in(Home.path()), device));
            embed = calls.equals("direct") ? align::embed : batched(align.textBatcher(BatchOptions.defaults()));
        }
        var random = new Random(1);
        for (int i = 0; i < TEXTS; i++) {
            int tokens = model.equals("minilm") ? 8 + random.nextInt(9) : 64;
            texts.add(". ".repeat(tokens - 2)); // a token each, and one at either end
        }
    }

    private Function<String, float[]> batched(Batcher<String, float[]> batcher) {
        add(batcher);
        return batcher::call;
    }

    private <T extends AutoCloseable> T add(T closeable) {
        open.add(closeable);
        return closeable;
    }

    /** One text to its vector. */
    @Benchmark
    public float[] embed() {
        return embed.apply(texts.get(ThreadLocalRandom.current().nextInt(TEXTS)));
    }

    /** Frees everything. */
    @TearDown
    public void close() throws Exception {
        for (var each : open.reversed()) {
            each.close();
        }
    }
}
