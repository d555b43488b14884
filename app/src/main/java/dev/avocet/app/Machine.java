// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** Facts about this computer and this JVM. */
final class Machine {
    private Machine() {}

    /** The Java in use. */
    static SequencedMap<String, Object> java() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("version", Runtime.version().toString());
        facts.put("vendor", System.getProperty("java.vendor"));
        facts.put("home", System.getProperty("java.home"));
        facts.put("flags", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        return facts;
    }

    /** The system and the processor. */
    static SequencedMap<String, Object> platform() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("architecture", System.getProperty("os.arch"));
        facts.put("processor", fromProc("/proc/cpuinfo", "model name").orElse("unknown"));
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.put("locale_encoding", System.getProperty("native.encoding"));
        return facts;
    }

    /** Memory in bytes. */
    static SequencedMap<String, Object> memory() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("total_bytes", kilobytes("MemTotal"));
        facts.put("available_bytes", kilobytes("MemAvailable"));
        facts.put("heap_limit_bytes", Runtime.getRuntime().maxMemory());
        return facts;
    }

    /** The C compiler that a build from source would find. */
    static String compiler() {
        var folders = Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator);
        return Arrays.stream(folders)
                .flatMap(folder -> Stream.of("cc", "gcc", "clang").map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElse("none on the PATH");
    }

    private static long kilobytes(String name) {
        return fromProc("/proc/meminfo", name)
                .map(value -> Long.parseLong(value.replace(" kB", "")) * 1024)
                .orElse(-1L);
    }

    private static Optional<String> fromProc(String file, String name) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException notLinux) {
            return Optional.empty();
        }
    }
}
