// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.parquet.ParquetWriter;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.stream.Dataset;
import dev.avocet.coyo.stream.PartFolder;
import dev.avocet.coyo.stream.RowJson;
import dev.avocet.coyo.stream.RowStream;
import dev.avocet.loader.OutputFile;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet coyo filter}. */
@Command(
        name = "filter",
        header = "Write those rows of a data set that are wanted.",
        description = {
            "",
            "Prints JSON Lines, or writes a file that appears complete or not at all, or fills a folder with numbered parquet",
            "files: the same command goes on there after an interruption, and loses and repeats no row.",
            ""},
        footer = {"",
            "Example: avocet coyo filter hf://datasets/kakaobrain/coyo-700m --where \"watermark_score < 0.5 and num_faces = 0\" "
                    + "--output some/"})
final class CoyoFilter implements Executable {
    @Mixin
    private DataOptions data;

    @Option(names = "--output", paramLabel = "FILE|FOLDER/",
            description = "A .parquet or .jsonl file, or a folder, written with a / at its end.")
    private String output;

    @Option(names = "--rows-per-file", paramLabel = "N", defaultValue = "1000000", converter = AtLeastOne.class,
            description = "Rows of each file in a folder. Default: 1000000.")
    private int rowsPerFile;

    private final Terminal terminal;
    private final CommonOptions common;
    private long written;

    CoyoFilter(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var set = data.dataset(common);
        if (output == null) {
            try (var rows = set.stream()) {
                writeLines(rows, new JsonLines(terminal.out()));
            }
            return OK;
        }
        var name = output.toLowerCase(Locale.ROOT);
        if (output.endsWith("/")) {
            writeParts(set);
        } else if (name.endsWith(".parquet")) {
            writeParquet(set);
        } else if (name.endsWith(".jsonl")) {
            writeJson(set);
        } else {
            throw new UsageException("--output must end in .parquet, .jsonl or / (a folder), not as in " + output);
        }
        terminal.clearProgress();
        return OK;
    }

    private void writeLines(RowStream rows, JsonLines lines) {
        for (var row = rows.next(); row.isPresent(); row = rows.next()) {
            var each = row.get();
            lines.line(line -> RowJson.writeFields(each, line));
            count();
        }
    }

    private void count() {
        written++;
        if (written % 20_000 == 0) {
            terminal.progress(String.format(Locale.ROOT, "%,d rows written", written));
        }
    }

    private void writeJson(Dataset set) {
        try (var file = OutputFile.create(Path.of(output)); var rows = set.stream()) {
            writeLines(rows, new JsonLines(new OutputStreamWriter(file.stream(), StandardCharsets.UTF_8)));
            file.commit();
        }
    }

    private void writeParquet(Dataset set) {
        try (var writer = ParquetWriter.create(Path.of(output), schema(set)); var rows = set.stream()) {
            for (var row = rows.next(); row.isPresent(); row = rows.next()) {
                writer.write(inOrder(row.get(), writer.schema()));
                count();
            }
            writer.finish();
        }
    }

    private static Schema schema(Dataset set) {
        var schema = set.schema();
        // What is never missing in the first file may well be in another.
        return new Schema(schema.columns().stream()
                .map(each -> new dev.avocet.coyo.parquet.Column(each.name(), each.type(), each.isList(), true))
                .toList());
    }

    /** The files of a data set may have their columns in another order. */
    private static Row inOrder(Row row, Schema schema) {
        return row.schema().names().equals(schema.names()) ? row : row.select(schema);
    }

    private void writeParts(Dataset set) {
        try (var folder = PartFolder.open(Path.of(output), "filter " + set.recipe() + " " + rowsPerFile)) {
            writeParts(set, folder);
        }
    }

    private void writeParts(Dataset set, PartFolder folder) {
        if (folder.isComplete()) {
            terminal.say(output + " is complete: " + folder.rows() + " rows in " + folder.parts() + " files");
            return;
        }
        if (folder.parts() > 0) {
            terminal.say("going on behind the " + folder.rows() + " rows that are there");
        }
        written = folder.rows();
        var schema = schema(set);
        try (var rows = folder.position().map(set::stream).orElseGet(set::stream)) {
            var row = rows.next();
            while (row.isPresent()) {
                row = writePart(folder, schema, rows, row);
            }
        }
        folder.complete();
    }

    /** Returns the first row behind the file. */
    private Optional<Row> writePart(PartFolder folder, Schema schema, RowStream rows, Optional<Row> first) {
        try (var writer = ParquetWriter.create(folder.next("parquet"), schema)) {
            var row = first;
            while (row.isPresent()) {
                writer.write(inOrder(row.get(), schema));
                count();
                if (writer.rows() == rowsPerFile) {
                    break;
                }
                row = rows.next();
            }
            writer.finish();
            folder.add(writer.rows(), rows.position());
            return row.isPresent() ? rows.next() : row;
        }
    }
}
