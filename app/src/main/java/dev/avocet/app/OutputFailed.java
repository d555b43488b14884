// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.io.IOException;

/** Standard output takes nothing more. */
final class OutputFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutputFailed(IOException cause) {
        super("standard output: writing failed: " + cause.getMessage() + "; check the disk that it goes to", cause);
    }

    /**
     * Whether the reader went away, as {@code head} does once it has seen enough: no failure of ours. Nothing else can go wrong with a
     * pipe; the system's words depend on its language.
     */
    boolean isClosedByReader(Terminal.Traits traits) {
        return traits.out() == Terminal.Target.PIPE || String.valueOf(getCause().getMessage()).contains("Broken pipe");
    }
}
