// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.pipelines.Align;
import dev.avocet.search.Indexing;
import dev.avocet.search.Indexing.Counts;
import dev.avocet.search.ModelMark;
import dev.avocet.search.PictureIndexWriter;
import dev.avocet.search.PictureSource;
import dev.avocet.search.PictureSources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet index}. */
@Command(
        name = "index",
        header = "Make pictures searchable by what they show, with ALIGN.",
        description = {
            "",
            "Embeds the pictures and keeps their vectors in an index for \"avocet search\". Run it again after pictures came,",
            "changed or went: only what is new or changed is embedded. After an interruption it goes on from there.",
            ""},
        footer = {"", "Example: avocet index holiday/ --output holiday.index"})
final class Index implements Executable {
    private static final int BATCH = 4;
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(30);

    @Parameters(arity = "1..*", paramLabel = "SOURCE",
            description = "A folder of pictures, with those in it, or a parquet file or a folder of such with pictures, their "
                    + "paths, or vectors.")
    private List<Path> sources;

    @Option(names = "--output", paramLabel = "INDEX", required = true, description = "The folder of the index.")
    private Path output;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-align.")
    private String model;

    @Option(names = "--quantized",
            description = "Also keep the vectors in 7 bits a number, which makes large indexes faster to search.")
    private boolean quantized;

    @Option(names = "--json", description = "Print what was done as JSON.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Index(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var chosen = ModelReference.of(model, Demo.TINY_ALIGN, terminal, common);
        try (var device = common.open(terminal, () -> Work.of(chosen));
                var align = Align.load(chosen.folder(), device, common.loadOptions().withMaxBatch(BATCH))) {
            var open = new ArrayList<PictureSource>();
            try {
                sources.forEach(source -> open.add(PictureSources.of(source, align)));
                return index(align, chosen, open);
            } finally {
                open.forEach(PictureSource::close);
            }
        }
    }

    private int index(Align align, ModelReference chosen, List<PictureSource> open) {
        int threads = common.deviceOptions().threads();
        try (var index = PictureIndexWriter.open(output, ModelMark.of(chosen.lasting(), align), quantized, threads)) {
            var progress = new Progress(open.stream().mapToLong(PictureSource::size).sum());
            var indexing = new Indexing(align, index, Indexing.Plan.of(threads, BATCH), progress);
            var counts = stoppable(indexing, open);
            terminal.clearProgress();
            report(counts, index.size());
            return counts.failed() == 0 && counts.isComplete() ? OK : FAILED;
        }
    }

    /** Runs so that Ctrl-C waits until what was done is safe. */
    private Counts stoppable(Indexing indexing, List<PictureSource> open) {
        var isDone = new CountDownLatch(1);
        var atExit = Thread.ofPlatform().unstarted(() -> {
            indexing.stop();
            terminal.say("stopping; what was done is kept, and the same command goes on from there");
            try {
                // Not until the other thread ends, which can't exit while the process is ending already.
                isDone.await(TIME_TO_STOP.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            return indexing.run(open);
        } finally {
            isDone.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                // The process is ending this very moment.
            }
        }
    }

    /** Tells the user what fails, and how far it is. */
    private final class Progress implements Indexing.Listener {
        private final long all;
        private final long begun = System.nanoTime();
        private long shown;

        Progress(long all) {
            this.all = all;
        }

        @Override
        public void failed(String picture, String reason) {
            terminal.say(reason);
        }

        @Override
        public void progressed(Counts counts) {
            long now = System.nanoTime();
            if (now - shown > Duration.ofMillis(100).toNanos()) {
                shown = now;
                terminal.progress(counts.seen() == all
                        ? all + " pictures; building the graph for searching"
                        : line(counts, Duration.ofNanos(now - begun)));
            }
        }

        private String line(Counts counts, Duration time) {
            var line = counts.seen() + " of " + all + " pictures";
            double seconds = time.toNanos() / 1e9;
            if (counts.embedded() == 0 || seconds < 1) {
                return line;
            }
            var left = Duration.ofMillis((long) (1000 * seconds / counts.seen() * Math.max(0, all - counts.seen())));
            return line + String.format(Locale.ROOT, ", %.1f embedded per second, ", counts.embedded() / seconds)
                    + Sizes.about(left) + " left";
        }
    }

    private void report(Counts counts, int size) {
        if (json) {
            new JsonLines(terminal.out()).line(line -> {
                line.writeStringField("index", output.toString());
                line.writeNumberField("pictures", size);
                line.writeNumberField("embedded", counts.embedded());
                line.writeNumberField("unchanged", counts.unchanged());
                line.writeNumberField("removed", counts.removed());
                line.writeNumberField("failed", counts.failed());
                line.writeBooleanField("complete", counts.isComplete());
            });
            return;
        }
        terminal.out()
                .println(DisplayText.clean(output.toString()) + ": " + size + (size == 1 ? " picture" : " pictures")
                        + "; " + counts.embedded() + " embedded, " + counts.unchanged() + " unchanged, "
                        + counts.removed()
                        + " removed, " + counts.failed() + " failed");
    }
}
