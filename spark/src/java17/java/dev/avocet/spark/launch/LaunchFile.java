// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes down, for the shell, the Java and the class path that it runs with itself, and the flags that Spark needs. */
final class LaunchFile {
    private LaunchFile() {}

    public static void main(String[] args) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        Files.writeString(Path.of(args[0]), "java=" + quote(java.toString())
                + "\nclass_path=" + quote(System.getProperty("java.class.path"))
                + "\nflags=" + quote(args[1].strip().replaceAll("\\s+", " ")) + "\n");
    }

    private static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
