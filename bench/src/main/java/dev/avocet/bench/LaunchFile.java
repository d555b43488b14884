// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes down, for the shell, the Java and the class path that it runs with itself: those of the build. */
final class LaunchFile {
    private LaunchFile() {}

    public static void main(String[] args) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        Files.writeString(Path.of(args[0]), "java=" + quote(java.toString()) + "\nclass_path="
                + quote(System.getProperty("java.class.path")) + "\n");
    }

    private static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
