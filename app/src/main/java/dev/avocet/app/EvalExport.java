// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.eval.EmbeddingTable;
import dev.avocet.coyo.eval.Npy;
import dev.avocet.loader.OutputFile;
import dev.avocet.pipelines.Align;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet eval export}. */
@Command(
        name = "export",
        header = "Write the embeddings of labelled pictures, for probes and for eval knn.",
        description = {
            "",
            "A .parquet has the columns path, label, class and embedding. A .npy has the embeddings alone, and a file beside it,",
            "NAME-labels.npy, the labels.",
            ""},
        footer = {"", "Example: avocet eval export train/ --output train.parquet"})
final class EvalExport implements Executable {
    @Mixin
    private EvalPictures data;

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "A .parquet or .npy file.")
    private Path output;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-align.")
    private String model;

    private final Terminal terminal;
    private final CommonOptions common;

    EvalExport(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var name = output.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".parquet") && !name.endsWith(".npy")) {
            throw new UsageException("--output must end in .parquet or .npy, not as in " + output);
        }
        OutputFile.requireWritable(output);
        var pictures = data.read();
        var chosen = ModelReference.of(model, Demo.TINY_ALIGN, terminal, common);
        try (var device = common.open(terminal, () -> Work.of(chosen));
                var align = Align.load(chosen.folder(), device, common.loadOptions())) {
            var embedded = new EmbeddedPictures(terminal, align);
            var table = embedded.table(pictures);
            if (name.endsWith(".parquet")) {
                table.write(output);
            } else {
                writeArrays(table);
            }
            return embedded.code();
        }
    }

    private void writeArrays(EmbeddingTable table) {
        var text = output.getFileName().toString();
        var labels = output.resolveSibling(text.substring(0, text.length() - ".npy".length()) + "-labels.npy");
        try (var vectors = OutputFile.create(output); var numbers = OutputFile.create(labels)) {
            Npy.write(vectors.stream(), Arrays.asList(table.embeddings()));
            Npy.write(numbers.stream(), table.labels());
            numbers.commit();
            vectors.commit();
        } catch (IOException e) {
            throw OutputFile.failed(output, e);
        }
    }
}
