// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard output takes nothing more. */
final class OutputFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutputFailed(IOException cause) {
        super("standard output: writing failed: " + cause.getMessage() + "; check the disk that it goes to", cause);
    }

    /** Whether the reader went away, as {@code head} does once it has seen enough: no failure of ours. */
    boolean isClosedByReader() {
        return String.valueOf(getCause().getMessage()).contains("Broken pipe") || goesToAPipe();
    }

    /** Where the system speaks another language: nothing else can go wrong with a pipe. */
    private static boolean goesToAPipe() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString().startsWith("pipe:");
        } catch (IOException | UnsupportedOperationException noProc) {
            return false;
        }
    }
}
