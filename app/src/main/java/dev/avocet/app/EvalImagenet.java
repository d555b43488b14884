// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet eval imagenet}. */
@Command(
        name = "imagenet",
        header = "Measure how often a ViT's first class, and one of its first five, is right.",
        description = {
            "",
            "The classes of the pictures are found among the model's labels by name; ImageNet's, named by synset or by number, by",
            "their order. With ReaL's labels, its accuracy, too.",
            ""},
        footer = {"",
            "Example: avocet eval imagenet val/ --annotations val.txt --real real.json --model kakaobrain/vit-large-patch16-384"})
final class EvalImagenet implements Executable {
    @Mixin
    private EvalPictures data;

    @Mixin
    private EvalOptions options;

    @Option(names = "--real", paramLabel = "FILE", description = "ImageNet-ReaL's real.json.")
    private Path real;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-vit.")
    private String model;

    private final Terminal terminal;
    private final CommonOptions common;

    EvalImagenet(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        return new Classification(terminal, common).run(data, Optional.ofNullable(real), model, options, false);
    }
}
