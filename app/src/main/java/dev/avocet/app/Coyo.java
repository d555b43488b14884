// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import picocli.CommandLine.Command;

/** {@code avocet coyo}. */
@Command(
        name = "coyo",
        header = "Look at data sets of pictures' addresses such as COYO-700M, filter them, fetch the pictures.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example: avocet coyo head hf://datasets/kakaobrain/coyo-700m"})
final class Coyo implements CommandGroup {
    private final SequencedMap<String, Object> commands = new LinkedHashMap<>();

    Coyo(Terminal terminal, CommonOptions common) {
        commands.put("info", new CoyoInfo(terminal, common));
        commands.put("head", new CoyoHead(terminal, common));
        commands.put("stats", new CoyoStats(terminal, common));
        commands.put("filter", new CoyoFilter(terminal, common));
        commands.put("fetch", new CoyoFetch(terminal, common));
    }

    @Override
    public SequencedMap<String, Object> commands() {
        return commands;
    }
}
