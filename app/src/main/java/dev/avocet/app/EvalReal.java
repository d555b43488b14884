// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet eval real}. */
@Command(
        name = "real",
        header = "Measure a ViT on ImageNet-ReaL, whose pictures have any number of right classes.",
        description = {"", "Pictures are known by ImageNet's names; those without a label in ReaL do not count.", ""},
        footer = {"", "Example: avocet eval real val/ --real real.json --model kakaobrain/vit-large-patch16-384"})
final class EvalReal implements Executable {
    @Mixin
    private EvalPictures data;

    @Mixin
    private EvalOptions options;

    @Option(names = "--real", paramLabel = "FILE", required = true, description = "ImageNet-ReaL's real.json.")
    private Path real;

    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-vit.")
    private String model;

    private final Terminal terminal;
    private final CommonOptions common;

    EvalReal(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        return new Classification(terminal, common).run(data, Optional.of(real), model, options, true);
    }
}
