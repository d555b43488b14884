// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.coyo.eval.Confidence;
import dev.avocet.coyo.eval.Evaluation;
import dev.avocet.coyo.eval.LabelledPictures;
import dev.avocet.loader.OutputFile;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.Prediction;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet eval zero-shot}. */
@Command(
        name = "zero-shot",
        header = "Measure how often ALIGN finds the right one of your labels.",
        description = {
            "",
            "Labels are the names of the classes, or those that you give, in the order of the classes. Several templates make an",
            "ensemble: the mean of a label's embeddings.",
            ""},
        footer = {"", "Example: avocet eval zero-shot pictures/ --template \"a photo of a {}.\" --plot result.png"})
final class EvalZeroShot implements Executable {
    private static final String USUAL = "This is a photo of {}.";

    @Mixin
    private EvalPictures data;

    @Mixin
    private EvalOptions options;

    @ArgGroup
    private LabelOptions labels;

    @Option(names = "--template", paramLabel = "TEXT",
            description = "The sentence; {} stands for the label. May be given several times. Default: \"" + USUAL
                    + "\"")
    private List<String> templates = new ArrayList<>();

    @Option(names = "--templates-file", paramLabel = "FILE", description = "A text file with a template on each line.")
    private Path templatesFile;

    @Option(names = "--predictions", paramLabel = "FILE",
            description = "Write each picture's probabilities to a .jsonl, also of pictures of which nobody knows the class.")
    private Path predictions;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-align.")
    private String model;

    private final Terminal terminal;
    private final CommonOptions common;

    EvalZeroShot(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        options.check();
        var sentences = sentences();
        boolean isLabelled = data.hasAnnotations() || predictions == null || labels == null || hasFolders();
        var pictures = isLabelled ? data.read() : unlabelled();
        var names = labels == null
                ? pictures.classes().stream().map(each -> each.replace('_', ' ')).toList()
                : labels.names();
        var places = isLabelled ? pictures.amongLabels(names) : new int[0];
        var chosen = ModelReference.of(model, Demo.TINY_ALIGN, terminal, common);
        try (var device = common.open(terminal, () -> Work.of(chosen));
                var align = Align.load(chosen.folder(), device, common.loadOptions());
                var file = predictions == null ? null : OutputFile.create(predictions)) {
            var set = align.labels(sentences, names);
            var lines =
                    file == null ? null : new JsonLines(new OutputStreamWriter(file.stream(), StandardCharsets.UTF_8));
            var counts = new long[3];
            int code = new PictureBatches(terminal, pictures.pictures()).forEach((numbers, images) -> {
                var answers = align.zeroShot(images, set);
                for (int i = 0; i < answers.size(); i++) {
                    if (isLabelled) {
                        count(answers.get(i), places[pictures.labels()[numbers.get(i)]], counts);
                    }
                    if (lines != null) {
                        write(lines, pictures.pictures().get(numbers.get(i)), answers.get(i));
                    }
                }
            });
            if (file != null) {
                file.commit();
            }
            if (isLabelled) {
                options.show(result(chosen.name(), sentences, names, counts), terminal);
            }
            return code;
        }
    }

    private List<String> sentences() {
        var all = new ArrayList<>(templates);
        if (templatesFile != null) {
            all.addAll(TextLines.of(templatesFile, "--templates-file takes a text file with a template on each line"));
        }
        if (all.isEmpty()) {
            all.add(USUAL);
        }
        for (var each : all) {
            if (!each.contains("{}")) {
                throw new UsageException("the template \"" + each + "\" has no {} for the label");
            }
        }
        return all;
    }

    private boolean hasFolders() {
        return LabelledPictures.pictures(data.folder()).isEmpty() && Files.isDirectory(data.folder());
    }

    private LabelledPictures unlabelled() {
        var all = LabelledPictures.pictures(data.folder());
        return new LabelledPictures(all, new int[all.size()], List.of());
    }

    /** Right at once, right among five, all. */
    private static void count(List<Prediction> answer, int right, long[] counts) {
        counts[2]++;
        counts[0] += answer.getFirst().index() == right ? 1 : 0;
        counts[1] +=
                IntStream.range(0, Math.min(5, answer.size())).anyMatch(i -> answer.get(i).index() == right) ? 1 : 0;
    }

    private static void write(JsonLines lines, Path picture, List<Prediction> answer) {
        lines.line(line -> {
            line.writeStringField("image", picture.toString());
            line.writeObjectFieldStart("scores");
            for (var each : answer) {
                line.writeNumberField(each.label(), each.score());
            }
            line.writeEndObject();
        });
    }

    private static Evaluation result(String model, List<String> templates, List<String> names, long[] counts) {
        var protocol =
                String.format(Locale.ROOT, "zero-shot among %,d labels, %s; the checkpoint's own preprocessing, F32",
                        names.size(), templates.size() == 1
                                ? "template \"" + templates.getFirst() + "\""
                                : "mean of " + templates.size() + " templates");
        return new Evaluation("zero-shot", model, protocol, List.of(Confidence.share("top-1", counts[0], counts[2]),
                Confidence.share("top-5", counts[1], counts[2])));
    }
}
