// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.backend.Device;
import dev.avocet.coyo.eval.Confidence;
import dev.avocet.coyo.eval.EmbeddingTable;
import dev.avocet.coyo.eval.Evaluation;
import dev.avocet.coyo.eval.KnnClassifier;
import dev.avocet.coyo.eval.LabelledPictures;
import dev.avocet.coyo.eval.PublishedResults;
import dev.avocet.pipelines.Align;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet eval knn}. */
@Command(
        name = "knn",
        header = "Measure how often a picture's nearest neighbours have its class.",
        description = {
            "",
            "Neighbours are found exactly, by the cosine of ALIGN's embeddings of pictures. Both sides are a folder with a folder",
            "for each class, or the .parquet that eval export wrote.",
            ""},
        footer = {"", "Example: avocet eval knn --gallery train.parquet --queries val/ --model kakaobrain/align-base"})
final class EvalKnn implements Executable {
    @Option(names = "--gallery", paramLabel = "FOLDER|FILE", required = true,
            description = "The pictures among which neighbours are looked for.")
    private Path gallery;

    @Option(names = "--queries", paramLabel = "FOLDER|FILE", required = true,
            description = "The pictures that are asked for.")
    private Path queries;

    @Option(names = "--annotations", paramLabel = "FILE",
            description = "Who is what among the queries, as for eval imagenet.")
    private Path annotations;

    @Option(names = "-k", paramLabel = "K", defaultValue = "1", converter = AtLeastOne.class,
            description = "How many neighbours vote. Default: 1.")
    private int k;

    @Mixin
    private EvalOptions options;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-align.")
    private String model;

    private final Terminal terminal;
    private final CommonOptions common;

    EvalKnn(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        options.check();
        boolean isEmbedded = isTable(gallery) && isTable(queries);
        var chosen = ModelReference.of(model, Demo.TINY_ALIGN, terminal, common);
        try (var device = common.open(terminal, () -> Work.of(chosen))) {
            if (isEmbedded) {
                evaluate(EmbeddingTable.read(gallery), EmbeddingTable.read(queries), chosen.name(), device);
                return OK;
            }
            try (var align = Align.load(chosen.folder(), device, common.loadOptions())) {
                var embedded = new EmbeddedPictures(terminal, align);
                evaluate(table(gallery, Optional.empty(), embedded),
                        table(queries, Optional.ofNullable(annotations), embedded), chosen.name(), device);
                return embedded.code();
            }
        }
    }

    private static boolean isTable(Path path) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(".parquet");
    }

    private static EmbeddingTable table(Path path, Optional<Path> annotations, EmbeddedPictures embedded) {
        return isTable(path)
                ? EmbeddingTable.read(path)
                : embedded.table(annotations.map(file -> LabelledPictures.ofFile(path, file))
                        .orElseGet(() -> LabelledPictures.ofFolders(path)));
    }

    private void evaluate(EmbeddingTable known, EmbeddingTable asked, String name, Device device) {
        var places = new LabelledPictures(List.of(), new int[0], asked.classes()).amongLabels(known.classes());
        long right = 0;
        try (var classifier = new KnnClassifier(device, known.embeddings(), known.labels(), k)) {
            var classes = classifier.classify(asked.embeddings());
            for (int i = 0; i < classes.length; i++) {
                right += classes[i] == places[asked.labels()[i]] ? 1 : 0;
            }
        }
        var data = known.classes().size() == 1000 ? "imagenet" : "classes";
        var metric = k + "-NN accuracy";
        var protocol = String.format(Locale.ROOT,
                "cosine, exact, %,d pictures of %,d classes in the gallery, %s; no flips, the "
                        + "checkpoint's own preprocessing, F32",
                known.embeddings().length, known.classes().size(),
                k == 1 ? "the nearest one decides" : k + " neighbours vote");
        options.show(new Evaluation("k nearest neighbours", name, protocol,
                List.of(Confidence.share(metric, right, asked.labels().length)
                        .beside(PublishedResults.of(name, data, metric)))),
                terminal);
    }
}
