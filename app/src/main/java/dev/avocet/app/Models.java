// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.loader.checkpoint.Checkpoint;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code avocet models}. */
@Command(
        name = "models",
        header = "List the models that are there, and where.",
        description = {"",
            "These names can be passed as --model; so can any folder in Hugging Face layout, and any name on the hub.",
            ""})
final class Models implements Executable {
    @Option(names = "--json", description = "Print JSON Lines: one object per model.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Models(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var lines = new JsonLines(terminal.out());
        for (var demo : Demo.values()) {
            var folder = demo.folder();
            try (var checkpoint = Checkpoint.open(folder)) {
                var totals = TensorTotals.of(checkpoint);
                if (json) {
                    lines.line(line -> {
                        line.writeStringField("model", demo.id());
                        line.writeStringField("task", demo.task());
                        line.writeStringField("training", demo.training());
                        line.writeNumberField("parameters", totals.parameters());
                        line.writeNumberField("bytes", totals.bytes());
                        line.writeStringField("path", folder.toString());
                    });
                } else {
                    show(demo, folder, totals);
                }
            }
        }
        for (var model : common.hub().cachedModels()) {
            if (json) {
                lines.line(line -> {
                    line.writeStringField("model", model.name());
                    line.writeStringField("path", model.folder().toString());
                });
            } else {
                terminal.out().println(DisplayText.clean(model.name()));
                terminal.out().println("  downloaded  " + model.folder());
            }
        }
        return OK;
    }

    private void show(Demo demo, Path folder, TensorTotals totals) {
        var out = terminal.out();
        out.println(demo.id());
        out.println("  for         " + demo.task());
        out.println("  training    " + demo.training());
        out.println("  parameters  " + Sizes.count(totals.parameters()) + ", " + Sizes.bytes(totals.bytes()));
        out.println("  path        " + folder);
        out.println("  a demonstration of " + demo.realModel());
    }
}
