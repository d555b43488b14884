// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import picocli.CommandLine.Command;

/** {@code avocet eval}. */
@Command(
        name = "eval",
        header = "Measure how good a model is, by the protocols under which results have been published.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example: avocet eval zero-shot pictures/ --template \"a photo of a {}.\""})
final class Eval implements CommandGroup {
    private final SequencedMap<String, Object> commands = new LinkedHashMap<>();

    Eval(Terminal terminal, CommonOptions common) {
        commands.put("zero-shot", new EvalZeroShot(terminal, common));
        commands.put("imagenet", new EvalImagenet(terminal, common));
        commands.put("real", new EvalReal(terminal, common));
        commands.put("knn", new EvalKnn(terminal, common));
        commands.put("retrieval", new EvalRetrieval(terminal, common));
        commands.put("export", new EvalExport(terminal, common));
    }

    @Override
    public SequencedMap<String, Object> commands() {
        return commands;
    }
}
