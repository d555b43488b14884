// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

import com.fasterxml.jackson.core.JsonFactory;
import dev.avocet.core.AvocetException;
import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.ParquetException;
import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;
import dev.avocet.coyo.parquet.WriterOptions;
import dev.avocet.coyo.stream.Dataset;
import dev.avocet.coyo.stream.PartFolder;
import dev.avocet.coyo.stream.RowJson;
import dev.avocet.coyo.stream.RowStream;
import dev.avocet.loader.OutputFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Fetches the pictures of a data set's rows into a folder of numbered parts, in the layout of img2dataset: {@code 00000.parquet} has a row
 * for each row of the data set, whatever became of it, and {@code 00000.tar} the pictures, their texts and rows as WebDataset reads them; or
 * the table has the pictures, too. Run again after an interruption, it goes on behind the last complete part.
 *
 * @param data what to fetch
 * @param url the column of the addresses
 * @param caption the column of the texts; empty for none
 * @param folder where to
 * @param format how pictures are kept
 * @param partRows rows of a part
 */
public record FetchJob(Dataset data, String url, Optional<String> caption, Path folder, Format format, int partRows,
        FetchSettings settings) {
    private static final Schema RESULTS = Schema.of(
            Column.of("key", ValueType.STRING),
            Column.of("status", ValueType.STRING),
            Column.of("error_message", ValueType.STRING),
            Column.of("width", ValueType.INT32),
            Column.of("height", ValueType.INT32),
            Column.of("original_width", ValueType.INT32),
            Column.of("original_height", ValueType.INT32),
            Column.of("sha256", ValueType.STRING),
            Column.of("phash", ValueType.STRING));

    /** Fewer may well be gone. */
    private static final int HOSTS_ENOUGH = 10;

    /** How pictures are kept. */
    public enum Format {
        /** In an archive beside the table. */
        WEBDATASET,
        /** In the table's column {@code image}. */
        PARQUET
    }

    /**
     * How far a run is.
     *
     * @param before the rows that earlier runs had done
     */
    public record Progress(long before, long rows, long successes, long bytes) {
        private Progress with(Outcome outcome) {
            return outcome.isSuccess()
                    ? new Progress(before, rows + 1, successes + 1, bytes + outcome.bytes().length)
                    : new Progress(before, rows + 1, successes, bytes);
        }
    }

    private record Pending(Row row, Future<Outcome> outcome) {}

    /**
     * Fetches everything that is not there; returns how far it came in this run. The listener first hears what is there. Throws
     * {@link AvocetException}.
     */
    public Progress run(Consumer<Progress> listener) {
        var what = "fetch " + data.recipe() + " " + url + " " + caption + " " + format + " " + partRows;
        try (var parts = PartFolder.open(folder, what)) {
            return run(parts, listener);
        }
    }

    private Progress run(PartFolder parts, Consumer<Progress> listener) {
        var there = new Progress(parts.rows(), 0, 0, 0);
        if (parts.isComplete()) {
            return there;
        }
        listener.accept(there);
        var fetcher = new PictureFetcher(settings);
        try (var rows = parts.position().map(data::stream).orElseGet(data::stream);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                return new Run(parts, rows, fetcher, threads, listener, there).all();
            } catch (RuntimeException | Error e) {
                threads.shutdownNow();
                throw e;
            }
        }
    }

    /** One run of the job. */
    private final class Run {
        private final PartFolder parts;
        private final RowStream rows;
        private final PictureFetcher fetcher;
        private final ExecutorService threads;
        private final Consumer<Progress> listener;
        private final Schema schema;
        private final Schema inputs;
        private Progress progress;

        Run(PartFolder parts, RowStream rows, PictureFetcher fetcher, ExecutorService threads,
                Consumer<Progress> listener, Progress there) {
            this.progress = there;
            this.parts = parts;
            this.rows = rows;
            this.fetcher = fetcher;
            this.threads = threads;
            this.listener = listener;
            this.inputs = inputs();
            var all = inputs.with(RESULTS.columns().toArray(Column[]::new));
            this.schema = format == Format.PARQUET ? all.with(Column.of("image", ValueType.BINARY)) : all;
        }

        /** img2dataset's names: what was the width of the data set becomes what the picture is really like. */
        private Schema inputs() {
            var columns = new ArrayList<Column>();
            for (var each : data.schema().columns()) {
                var name = each.name().equals(url)
                        ? "url"
                        : caption.equals(Optional.of(each.name())) ? "caption" : each.name();
                boolean isTaken = RESULTS.has(name) || name.equals("image");
                columns.add(new Column(isTaken ? "source_" + name : name, each.type(), each.isList(), true));
            }
            return new Schema(columns);
        }

        Progress all() {
            var next = rows.next();
            while (next.isPresent()) {
                next = part(next.get());
            }
            parts.complete();
            return progress;
        }

        /** Fetches a part that begins with a row; returns the first row behind it. */
        private Optional<Row> part(Row first) {
            var name = parts.next("parquet");
            try (var table = ParquetWriter.create(name, schema, WriterOptions.DEFAULT,
                    Map.of("phash", PerceptualHash.VARIANT));
                    var archive = format == Format.WEBDATASET ? OutputFile.create(parts.next("tar")) : null) {
                var tar = archive == null ? null : new Tar(archive.stream());
                Deque<Pending> pending = new ArrayDeque<>();
                var next = Optional.of(first);
                int taken = 0;
                while (next.isPresent() || !pending.isEmpty()) {
                    if (next.isPresent() && pending.size() < settings.parallel()) {
                        pending.add(submit(next.get()));
                        taken++;
                        next = taken == partRows ? Optional.empty() : rows.next();
                    } else {
                        add(pending.remove(), table, tar);
                    }
                }
                requireNetwork();
                if (tar != null) {
                    tar.finish();
                    archive.commit();
                }
                table.finish();
                parts.add(taken, rows.position());
                fetcher.forgetHosts();
                return taken == partRows ? rows.next() : Optional.empty();
            } catch (IOException e) {
                throw OutputFile.failed(name, e);
            }
        }

        /** Without a network every row would be told to have failed, and never be tried again. */
        private void requireNetwork() {
            int hosts = fetcher.unreachableHosts();
            if (hosts >= HOSTS_ENOUGH) {
                throw new AvocetException(
                        "none of " + hosts + " hosts can be reached: is there a network? Their rows are not"
                                + " written; the same command goes on with them");
            }
        }

        private Pending submit(Row row) {
            var address = row.get(url);
            return new Pending(row, threads.submit(() -> fetcher.fetch(address instanceof String text ? text : null)));
        }

        private void add(Pending pending, ParquetWriter table, Tar tar) throws IOException {
            var outcome = outcome(pending);
            var key = String.format("%05d%0" + digits() + "d", parts.parts(), table.rows());
            var values = new Object[schema.size()];
            for (int i = 0; i < inputs.size(); i++) {
                values[i] = pending.row().get(i);
            }
            var results = new Object[] {key, outcome.status(), outcome.error(), outcome.width(), outcome.height(),
                outcome.width(), outcome.height(), outcome.sha256(), outcome.phash()};
            System.arraycopy(results, 0, values, inputs.size(), results.length);
            if (format == Format.PARQUET) {
                values[values.length - 1] = outcome.bytes();
            }
            var row = Row.of(schema, values);
            table.write(row);
            if (tar != null && outcome.isSuccess()) {
                tar.add(key + "." + outcome.ending(), outcome.bytes());
                if (caption.isPresent() && pending.row().get(caption.get()) instanceof String text) {
                    tar.add(key + ".txt", text.getBytes(StandardCharsets.UTF_8));
                }
                tar.add(key + ".json", json(row));
            }
            progress = progress.with(outcome);
            listener.accept(progress);
        }

        private int digits() {
            return Math.max(4, String.valueOf(partRows - 1).length());
        }

        private static byte[] json(Row row) throws IOException {
            var bytes = new ByteArrayOutputStream();
            try (var json = new JsonFactory().createGenerator(bytes)) {
                json.writeStartObject();
                RowJson.writeFields(row, json);
                json.writeEndObject();
            }
            return bytes.toByteArray();
        }

        private static Outcome outcome(Pending pending) {
            try {
                return pending.outcome().get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ParquetException("interrupted; the same command goes on behind the last complete part", e);
            } catch (ExecutionException e) {
                throw new AvocetException("fetching failed: " + e.getCause(), e.getCause());
            }
        }
    }

    /** The columns of a part's table behind those of the data set. */
    public static List<String> resultColumns() {
        return RESULTS.names();
    }
}
