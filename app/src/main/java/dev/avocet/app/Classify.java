// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.pipelines.ImageClassifier;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet classify}. */
@Command(
        name = "classify",
        header = "Say what pictures show, among the classes of a ViT.",
        description = {"", "Prints the most probable classes of each picture, with their probabilities.", ""},
        footer = {"", "Example: avocet classify cat.jpg holiday/ --top-k 3"})
final class Classify implements Executable {
    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = Pictures.HELP)
    private List<String> images;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-vit.")
    private String model;

    @Option(names = "--top-k", paramLabel = "N", defaultValue = "5", converter = AtLeastOne.class,
            description = "How many classes to show. Default: 5.")
    private int topK;

    @Option(names = "--json", description = "Print JSON Lines: one object per picture.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Classify(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var chosen = ModelReference.of(model, Demo.TINY_VIT, terminal, common);
        try (var device = common.open(terminal, () -> Work.of(chosen));
                var classifier = ImageClassifier.load(chosen.folder(), device, common.loadOptions())) {
            return new Answers(terminal, common, json).of(images, image -> classifier.classify(image, topK));
        }
    }
}
