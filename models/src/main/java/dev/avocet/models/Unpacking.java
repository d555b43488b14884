// SPDX-License-Identifier: Apache-2.0
package dev.avocet.models;

import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One model's way from the jar to a folder, file by file: what is there and has the right digest stays, what is not is
 * written under another name, verified and renamed. Whoever asks gets the folder after the last file was verified, and a
 * process that does the same at the same time puts the same bytes in place.
 *
 * @param model the model's name
 * @param digests SHA-256 in hexadecimal, by file name
 */
record Unpacking(String model, Map<String, String> digests) {
    private static final String SUMS = "SHA256SUMS";

    /** The model with the files and digests that the jar lists. */
    static Unpacking of(String model) {
        var digests = new LinkedHashMap<String, String>();
        try (var sums = resource(SUMS)) {
            for (var line : new String(sums.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                var digestAndPath = line.split(" +", 2);
                var path = Path.of(digestAndPath[1]);
                if (path.startsWith(model)) {
                    digests.put(path.getFileName().toString(), digestAndPath[0]);
                }
            }
        } catch (IOException e) {
            throw new AvocetException("the jar of the bundled models is damaged: " + e.getMessage(), e);
        }
        return new Unpacking(model, digests);
    }

    /** The model's verified folder under a cache folder, or a temporary one where that cannot be written. */
    Path into(Path cache) {
        // Versions of Avocet may differ in their models: each has a folder of its own.
        var identity =
                HexFormat.of().formatHex(sha256().digest(digests.toString().getBytes(StandardCharsets.UTF_8)), 0, 8);
        try {
            return complete(Files.createDirectories(cache.resolve(model + "-" + identity)));
        } catch (IOException e) {
            return temporary(cache, e);
        }
    }

    private Path temporary(Path cache, IOException refusal) {
        try {
            var folder = Files.createTempDirectory("avocet-" + model + "-");
            // Deleted in reverse order when the JVM ends: the files first.
            folder.toFile().deleteOnExit();
            digests.keySet().forEach(name -> folder.resolve(name).toFile().deleteOnExit());
            return complete(folder);
        } catch (IOException e) {
            e.addSuppressed(refusal);
            throw new AvocetException("cannot unpack the bundled model " + model + " into " + cache + " (" + refusal
                    + "), nor into a temporary folder (" + e + "); set XDG_CACHE_HOME to a folder with 10 MB free", e);
        }
    }

    private Path complete(Path folder) throws IOException {
        for (var file : digests.entrySet()) {
            var place = folder.resolve(file.getKey());
            if (!Files.isRegularFile(place) || !digest(place).equals(file.getValue())) {
                unpack(file.getKey(), file.getValue(), place);
            }
        }
        return folder;
    }

    private void unpack(String name, String wanted, Path place) throws IOException {
        var partial = Files.createTempFile(place.getParent(), name + "-", ".partial");
        try {
            try (var bytes = resource(model + "/" + name)) {
                Files.copy(bytes, partial, StandardCopyOption.REPLACE_EXISTING);
            }
            var found = digest(partial);
            if (!found.equals(wanted)) {
                throw new AvocetException("the bundled " + model + "/" + name + " did not arrive whole in "
                        + place.getParent()
                        + ": SHA-256 wanted " + wanted + ", found " + found + "; the jar or the disk is damaged");
            }
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static InputStream resource(String path) throws IOException {
        var stream = Unpacking.class.getResourceAsStream(path);
        if (stream == null) {
            throw new IOException(path + " is missing from it");
        }
        return stream;
    }

    private static String digest(Path file) throws IOException {
        var digest = sha256();
        try (var bytes = Files.newInputStream(file)) {
            var buffer = new byte[1 << 16];
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
