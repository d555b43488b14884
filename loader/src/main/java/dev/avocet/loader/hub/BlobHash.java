// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash that a file's content must have: SHA-256 of large files, SHA-1 as Git counts it of the others. */
final class BlobHash {
    private final RepoFile file;
    private final MessageDigest digest;

    BlobHash(RepoFile file) {
        this.file = file;
        try {
            this.digest = MessageDigest.getInstance(file.sha256().isPresent() ? "SHA-256" : "SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1 and SHA-256", e);
        }
        restart();
    }

    void restart() {
        digest.reset();
        if (file.sha256().isEmpty()) {
            digest.update(("blob " + file.bytes() + "\0").getBytes(StandardCharsets.UTF_8));
        }
    }

    void update(ByteBuffer bytes) {
        digest.update(bytes);
    }

    /** The hash of all that came, in hexadecimal digits. */
    String end() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Whether a file has the content that the hub lists. */
    static boolean matches(Path path, RepoFile file) {
        var hash = new BlobHash(file);
        try (var content = Files.newByteChannel(path)) {
            var buffer = ByteBuffer.allocate(BlobDownload.CHUNK);
            while (content.read(buffer.clear()) >= 0) {
                hash.update(buffer.flip());
            }
            return hash.end().equals(file.hash());
        } catch (IOException e) {
            return false;
        }
    }
}
