// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** The most that some threads compute at once, the best of a few attempts: what disturbs them only makes them slower. */
final class Peak {
    private static final int ATTEMPTS = 10;
    private static final long ATTEMPT_NANOS = 5_000_000;

    private final Kernels kernels;
    private final Executor threads;
    private final int count;

    private Peak(Kernels kernels, Executor threads, int count) {
        this.kernels = kernels;
        this.threads = threads;
        this.count = count;
    }

    private record Span(long start, long end, long flops) {}

    /** Floating-point operations in a second. */
    static double measure(Kernels kernels, int count) {
        try (var threads = Executors.newFixedThreadPool(count)) {
            return new Peak(kernels, threads, count).measure();
        }
    }

    private double measure() {
        long rounds = 1000;
        var warm = span(rounds);
        while (warm.end() - warm.start() < ATTEMPT_NANOS) {
            rounds *= 2;
            warm = span(rounds);
        }
        double best = 0;
        for (int i = 0; i < ATTEMPTS; i++) {
            best = Math.max(best, attempt(rounds));
        }
        return best;
    }

    private double attempt(long rounds) {
        var running = IntStream.range(0, count)
                .mapToObj(_ -> CompletableFuture.supplyAsync(() -> span(rounds), threads))
                .toList();
        var spans = running.stream().map(CompletableFuture::join).toList();
        long start = spans.stream().mapToLong(Span::start).min().orElseThrow();
        long end = spans.stream().mapToLong(Span::end).max().orElseThrow();
        return spans.stream().mapToLong(Span::flops).sum() * 1e9 / (end - start);
    }

    private Span span(long rounds) {
        long start = System.nanoTime();
        long perRound = kernels.peak(rounds);
        return new Span(start, System.nanoTime(), rounds * perRound);
    }
}
