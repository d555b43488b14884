// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What took long to make for one machine, kept in files named by a hash of all that it depends on: it is never stale. A
 * file begins with the hash of the rest. One that can't be read or written, or is damaged, is only time lost.
 *
 * @param folder null where nothing is to be kept
 */
record DiskCache(Path folder) {
    private static final System.Logger LOG = System.getLogger(DiskCache.class.getName());
    private static final int HASH_BYTES = 32;

    /** In {@code AVOCET_CUDA_CACHE}, where "off" means none, else in the user's folder for caches. */
    static DiskCache ofUser() {
        var chosen = System.getenv("AVOCET_CUDA_CACHE");
        if (chosen != null && !chosen.isBlank()) {
            return new DiskCache(chosen.equals("off") ? null : Path.of(chosen));
        }
        var caches = System.getenv("XDG_CACHE_HOME");
        var folder = caches != null && !caches.isBlank()
                ? Path.of(caches)
                : Path.of(System.getProperty("user.home"), ".cache");
        return new DiskCache(folder.resolve("avocet").resolve("cuda"));
    }

    /** The name of what depends on these texts. */
    static String key(String... parts) {
        var hash = sha256();
        for (var part : parts) {
            hash.update(part.getBytes(StandardCharsets.UTF_8));
            hash.update((byte) 0);
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    private static byte[] hash(byte[] bytes) {
        return sha256().digest(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** Whether anything is kept. */
    boolean isUsed() {
        return folder != null;
    }

    /** What was kept under a name. */
    Optional<byte[]> get(String key) {
        if (folder == null || !Files.isRegularFile(folder.resolve(key))) {
            return Optional.empty();
        }
        try {
            var file = Files.readAllBytes(folder.resolve(key));
            int start = Math.min(HASH_BYTES, file.length);
            var bytes = Arrays.copyOfRange(file, start, file.length);
            if (!Arrays.equals(Arrays.copyOf(file, start), hash(bytes))) {
                LOG.log(System.Logger.Level.WARNING, "{0} is damaged, so what it keeps is made again",
                        folder.resolve(key));
                return Optional.empty();
            }
            return Optional.of(bytes);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "could not read from the cache", e);
            return Optional.empty();
        }
    }

    /** Keeps bytes under a name; whole or not at all. */
    void put(String key, byte[] bytes) {
        if (folder == null) {
            return;
        }
        Path part = null;
        try {
            Files.createDirectories(folder);
            part = Files.createTempFile(folder, "", ".part");
            try (var file = Files.newOutputStream(part)) {
                file.write(hash(bytes));
                file.write(bytes);
            }
            Files.move(part, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "could not keep {0} bytes in {1}, so they will be made again: {2}",
                    bytes.length, folder, e.toString());
            discard(part);
        }
    }

    private static void discard(Path part) {
        try {
            if (part != null) {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "could not delete " + part, e);
        }
    }
}
