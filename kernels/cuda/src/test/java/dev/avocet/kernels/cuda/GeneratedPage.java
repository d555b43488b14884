// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a test writes or compares. */
final class GeneratedPage {
    private GeneratedPage() {}

    /** What a file says; written first, where that is asked for. */
    static String written(Path file, String text) throws IOException {
        if (Boolean.getBoolean("avocet.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
        return Files.readString(file);
    }
}
