// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import dev.avocet.core.backend.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A file of kernels with all that it includes. */
record KernelSource(String name, String text, Map<String, String> headers) {
    private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([^\"]+)\"");

    /** The file from this module's resources. */
    static KernelSource of(String file) {
        var name = file + ".cu";
        var text = read(name);
        var headers = new LinkedHashMap<String, String>();
        addHeaders(text, headers);
        return new KernelSource(name, text, headers);
    }

    private static void addHeaders(String text, Map<String, String> headers) {
        var include = INCLUDE.matcher(text);
        while (include.find()) {
            var name = include.group(1);
            if (!headers.containsKey(name)) {
                headers.put(name, read(name));
                addHeaders(headers.get(name), headers);
            }
        }
    }

    private static String read(String name) {
        try (var stream = KernelSource.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new AssertionError("the jar lacks " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the jar can't be read", e);
        }
    }

    /** How it is compiled. */
    static List<String> options(Precision precision, String architecture) {
        return List.of("--gpu-architecture=" + architecture, "-std=c++17", "-DSTORAGE_" + precision.storage());
    }

    /** Compiles it. */
    Nvrtc.Compiled compile(Nvrtc compiler, List<String> options) {
        return compiler.compile(name, text, headers, options);
    }

    /** The name of what comes of it, for a cache. */
    String key(String compilerVersion, List<String> options) {
        return DiskCache.key(compilerVersion, String.join(" ", options), name, text,
                String.join("\0", headers.values()));
    }
}
