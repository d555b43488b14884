// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.search;

import dev.avocet.search.Entry;
import dev.avocet.search.ModelMark;
import dev.avocet.search.PictureIndex;
import dev.avocet.search.PictureIndexWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast an index is built and searched, and what it finds of what there is. */
@Command(name = "bench/search", mixinStandardHelpOptions = true,
        header = "Measure the building and the searching of indexes: time, size, latency, recall.")
final class SearchQuality implements Callable<Integer> {
    private static final double WANTED = 0.98;
    private static final int NEAREST = 10;

    @Option(names = "--vectors", defaultValue = "100000", description = "Vectors in the index. Default: 100000.")
    private int size;

    @Option(names = "--queries", defaultValue = "1000", description = "Searches. Default: 1000.")
    private int queries;

    @Option(names = "--threads", defaultValue = "2", description = "Threads that build. Default: 2.")
    private int threads;

    @Option(names = "--seed", defaultValue = "42", description = "Of the vectors. Default: 42.")
    private long seed;

    @Option(names = "--kinds", split = ",", defaultValue = "float,quantized",
            description = "Which indexes. Default: float,quantized.")
    private List<String> kinds;

    private SearchQuality() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SearchQuality()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        var data = new SyntheticVectors(seed);
        var vectors = data.of(0, size);
        var asked = data.of(size, size + queries);
        long start = System.nanoTime();
        var exact = Arrays.stream(asked).parallel().map(query -> SyntheticVectors.nearest(vectors, query, NEAREST))
                .toList();
        System.out.printf(Locale.ROOT, "%d vectors of %d numbers, %d searches for %d; trying all takes %.1f ms each%n",
                size, SyntheticVectors.DIMENSIONS, queries, NEAREST, (System.nanoTime() - start) / 1e6 / queries);
        System.out.println("index      built      size   recall@10   median      p99");
        boolean isGood = true;
        for (var kind : kinds) {
            isGood &= measure(kind, vectors, asked, exact) >= WANTED;
        }
        return isGood ? 0 : 1;
    }

    private double measure(String kind, float[][] vectors, float[][] asked, List<int[]> exact) throws Exception {
        var folder = Files.createTempDirectory("avocet-search");
        try {
            long start = System.nanoTime();
            build(folder, vectors, kind.equals("quantized"));
            double seconds = (System.nanoTime() - start) / 1e9;
            try (var index = PictureIndex.open(folder)) {
                // The first searches are interpreted by the JVM, and read the index from the disk.
                Arrays.stream(asked).forEach(query -> index.nearest(query, NEAREST));
                var times = new long[asked.length];
                int found = 0;
                for (int i = 0; i < asked.length; i++) {
                    long before = System.nanoTime();
                    var hits = index.nearest(asked[i], NEAREST);
                    times[i] = System.nanoTime() - before;
                    Set<Integer> names = hits.stream().map(hit -> Integer.valueOf(hit.entry().name()))
                            .collect(Collectors.toSet());
                    found += (int) IntStream.of(exact.get(i)).filter(names::contains).count();
                }
                Arrays.sort(times);
                double recall = (double) found / (NEAREST * asked.length);
                System.out.printf(Locale.ROOT, "%-9s %5.1f s  %5.0f MB      %.4f  %4.2f ms  %4.2f ms%n", kind, seconds,
                        bytes(folder) / 1e6, recall, times[times.length / 2] / 1e6,
                        times[times.length * 99 / 100] / 1e6);
                return recall;
            }
        } finally {
            delete(folder);
        }
    }

    private void build(Path folder, float[][] vectors, boolean quantized)
            throws InterruptedException, ExecutionException {
        var mark = new ModelMark("synthetic", new float[SyntheticVectors.DIMENSIONS],
                new float[SyntheticVectors.DIMENSIONS]);
        try (var index = PictureIndexWriter.open(folder, mark, quantized, threads);
                var workers = Executors.newFixedThreadPool(threads)) {
            var running = IntStream.range(0, threads).<Future<?>>mapToObj(thread -> workers.submit(() -> {
                for (int i = thread; i < vectors.length; i += threads) {
                    index.put(new Entry("synthetic", Integer.toString(i), 0, new byte[0], new LinkedHashMap<>(),
                            new byte[0]), vectors[i]);
                }
            })).toList();
            for (var each : running) {
                each.get();
            }
            index.finish();
        }
    }

    private static long bytes(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
