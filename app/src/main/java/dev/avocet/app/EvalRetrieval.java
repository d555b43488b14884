// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.eval.Captions;
import dev.avocet.coyo.eval.Evaluation;
import dev.avocet.coyo.eval.EvaluationException;
import dev.avocet.coyo.eval.PublishedResults;
import dev.avocet.coyo.eval.Retrieval;
import dev.avocet.pipelines.Align;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet eval retrieval}. */
@Command(
        name = "retrieval",
        header = "Measure how often ALIGN finds a picture by its texts, and its texts by the picture.",
        description = {
            "",
            "Recall at 1, 5 and 10, both ways, with all texts of a picture, as they were written and without a prompt.",
            "Without --captions, a picture's text is its file's name.",
            ""},
        footer = {"",
            "Example: avocet eval retrieval val2014/ --captions dataset_coco.json --model kakaobrain/align-base"})
final class EvalRetrieval implements Executable {
    @Parameters(paramLabel = "FOLDER", description = "The folder with the pictures.")
    private Path folder;

    @Option(names = "--captions", paramLabel = "FILE",
            description = "Karpathy's dataset_coco.json or dataset_flickr30k.json.")
    private Path captions;

    @Option(names = "--split", paramLabel = "NAME", defaultValue = "test",
            description = "Which split of it. Default: test.")
    private String split;

    @Mixin
    private EvalOptions options;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-align.")
    private String model;

    private final Terminal terminal;
    private final CommonOptions common;

    EvalRetrieval(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        options.check();
        var pairs = captions == null ? Captions.ofNames(folder) : Captions.ofKarpathy(folder, captions, split);
        var chosen = ModelReference.of(model, Demo.TINY_ALIGN, terminal, common);
        try (var device = common.open(terminal, () -> Work.of(chosen));
                var align = Align.load(chosen.folder(), device, common.loadOptions())) {
            var images = new EmbeddedPictures(terminal, align).of(pairs.pictures());
            if (Arrays.stream(images).anyMatch(Objects::isNull)) {
                throw new EvaluationException("pictures are missing, without which the recall would be another; "
                        + "bring them, or leave them out of the captions");
            }
            var texts = align.embedTexts(pairs.texts());
            var metrics = Retrieval.recall(device, images, texts, pairs.pictureOf()).stream()
                    .map(each -> each.beside(PublishedResults.of(chosen.name(), pairs.data(), each.name()))).toList();
            var protocol = String.format(Locale.ROOT,
                    "%s%,d pictures, all of their %,d texts as they were written; cosine, texts of "
                            + "up to 64 tokens, the checkpoint's own preprocessing, F32",
                    pairs.data().isEmpty() ? "" : pairs.data() + " " + split + ", ", pairs.pictures().size(),
                    pairs.texts().size());
            options.show(new Evaluation("retrieval", chosen.name(), protocol, metrics), terminal);
            return OK;
        }
    }
}
