// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code avocet completion}. */
@Command(
        name = "completion",
        header = "Print a script by which a shell completes commands and options.",
        description = {"", "Use it by: source <(avocet completion bash)", ""})
final class Completion implements Executable {
    /** The shells. */
    enum Shell {
        /** GNU bash. */
        bash,
        /** The Z shell. */
        zsh
    }

    @SuppressWarnings("UnusedVariable") // one script serves both
    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell;

    private final Terminal terminal;
    private final CommandLine root;

    Completion(Terminal terminal, CommandLine root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public int run() {
        terminal.out().println(AutoComplete.bash("avocet", root));
        return OK;
    }
}
