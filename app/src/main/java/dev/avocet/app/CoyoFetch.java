// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.fetch.FetchJob;
import dev.avocet.coyo.fetch.FetchSettings;
import dev.avocet.loader.fetch.FetchLimits;
import dev.avocet.loader.image.ImageLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet coyo fetch}. */
@Command(
        name = "fetch",
        header = "Fetch the pictures of a data set's rows.",
        description = {
            "",
            "Fills a folder as img2dataset does: tables with a row for each row, whatever became of it, and archives of the",
            "pictures for WebDataset. The same command goes on after an interruption. Pictures whose site forbids it by",
            "X-Robots-Tag (noai, noimageai, noindex, noimageindex, none) are left alone, and so are addresses of this",
            "machine's own network.",
            ""},
        footer = {"", "Example: avocet coyo fetch some/ --output pictures/ --take 10000"})
final class CoyoFetch implements Executable {
    @Mixin
    private DataOptions data;

    @Option(names = "--output", paramLabel = "FOLDER", required = true, description = "Where to.")
    private Path output;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "webdataset",
            description = "webdataset (archives) or parquet (a column with the pictures). Default: webdataset.")
    private String format;

    @Option(names = "--url-column", paramLabel = "NAME", defaultValue = "url",
            description = "The column of the addresses. Default: url.")
    private String url;

    @Option(names = "--caption-column", paramLabel = "NAME", defaultValue = "text",
            description = "The column of the texts. Default: text.")
    private String caption;

    @Option(names = "--rows-per-part", paramLabel = "N", defaultValue = "10000", converter = AtLeastOne.class,
            description = "Rows of each table and archive. Default: 10000.")
    private int partRows;

    @Option(names = "--parallel", paramLabel = "N", defaultValue = "32", converter = AtLeastOne.class,
            description = "Pictures fetched at once. Default: 32.")
    private int parallel;

    @Option(names = "--per-host", paramLabel = "N", defaultValue = "4", converter = AtLeastOne.class,
            description = "At most so many of one host. Default: 4.")
    private int perHost;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "10", converter = AtLeastOne.class,
            description = "For each picture. Default: 10.")
    private int timeout;

    @Option(names = "--retries", paramLabel = "N", defaultValue = "2", converter = DataOptions.RowCount.class,
            description = "How often to ask again. Default: 2.")
    private long retries;

    @Option(names = "--max-bytes", paramLabel = "N", defaultValue = "16777216", converter = AtLeastOne.class,
            description = "The largest file. Default: 16777216.")
    private int maxBytes;

    @Option(names = "--max-pixels", paramLabel = "N", defaultValue = "64000000", converter = AtLeastOne.class,
            description = "The largest picture. Default: 64000000.")
    private int maxPixels;

    @Option(names = "--private-addresses", description = "Also from this machine and its network.")
    private boolean privateAddresses;

    private final Terminal terminal;
    private final CommonOptions common;

    CoyoFetch(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        common.requireNetwork("the pictures are");
        var set = data.dataset(common);
        var schema = set.schema();
        schema.place(url);
        var job =
                new FetchJob(set, url, schema.has(caption) ? Optional.of(caption) : Optional.empty(), output, format(),
                        partRows, settings());
        var done = job.run(this::tell);
        terminal.clearProgress();
        terminal.say(done.rows() == 0 ? output + " is complete" : text(done));
        return OK;
    }

    private void tell(FetchJob.Progress progress) {
        if (progress.rows() > 0) {
            terminal.progress(text(progress));
        } else if (progress.before() > 0) {
            terminal.say("going on behind the " + progress.before() + " rows that are there");
        }
    }

    private FetchJob.Format format() {
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "webdataset" -> FetchJob.Format.WEBDATASET;
            case "parquet" -> FetchJob.Format.PARQUET;
            default -> throw new UsageException("--format is webdataset or parquet, not " + format);
        };
    }

    private FetchSettings settings() {
        var usual = FetchSettings.DEFAULT;
        var time = Duration.ofSeconds(timeout);
        var limits = new FetchLimits(maxBytes, time, time, usual.limits().maxRedirects(), privateAddresses);
        return new FetchSettings(limits, new ImageLimits(maxPixels, usual.pictures().maxSide(), maxBytes), parallel,
                perHost,
                (int) Math.min(retries, 100), usual.retryDelay(), usual.longestDelay());
    }

    private static String text(FetchJob.Progress progress) {
        return String.format(Locale.ROOT, "%,d rows, %,d pictures of %s, %,d failed", progress.rows(),
                progress.successes(), Sizes.bytes(progress.bytes()), progress.rows() - progress.successes());
    }
}
