// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What another process said before it ended. */
final class LastLines {
    private LastLines() {}

    static String of(Path file) {
        try {
            var lines = Files.readAllLines(file);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
