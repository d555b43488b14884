// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.pipelines.Align;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet zero-shot}. */
@Command(
        name = "zero-shot",
        header = "Say which of your own labels fit pictures best, with ALIGN.",
        description = {
            "",
            "Puts each label into a sentence, compares the sentences with each picture, and prints the labels with their",
            "probabilities, which sum to 1.",
            ""},
        footer = {"", "Example: avocet zero-shot cat.jpg --labels \"cat,dog,airplane\""})
final class ZeroShot implements Executable {
    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = Pictures.HELP)
    private List<String> images;

    @ArgGroup(multiplicity = "1")
    private LabelOptions labels;

    @Option(names = "--template", paramLabel = "TEXT", defaultValue = "This is a photo of {}.",
            description = "The sentence; {} stands for the label. Default: \"This is a photo of {}.\"")
    private String template;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-align.")
    private String model;

    @Option(names = "--top-k", paramLabel = "N", converter = AtLeastOne.class,
            description = "How many labels to show. Default: all.")
    private Integer topK;

    @Option(names = "--json", description = "Print JSON Lines: one object per picture.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    ZeroShot(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        if (!template.contains("{}")) {
            throw new UsageException("--template \"" + template + "\" has no {} for the label");
        }
        var names = labels.names();
        var chosen = ModelReference.of(model, Demo.TINY_ALIGN, terminal, common);
        try (var device = common.open(terminal, () -> Work.of(chosen));
                var align = Align.load(chosen.folder(), device, common.loadOptions())) {
            var set = align.labels(template, names);
            int shown = topK == null ? names.size() : Math.min(topK, names.size());
            return new Answers(terminal, common, json).of(images,
                    image -> align.zeroShot(image, set).subList(0, shown));
        }
    }
}
