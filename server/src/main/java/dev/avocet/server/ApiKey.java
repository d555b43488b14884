// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A secret that clients send as {@code Authorization: Bearer KEY}; only its hash is kept. */
public final class ApiKey {
    private static final String SCHEME = "bearer ";

    private final byte[] hash;

    /** Refuses keys that HTTP cannot carry, and empty ones. */
    public ApiKey(String key) {
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("an API key is one word of printable ASCII characters");
        }
        this.hash = sha256(key);
    }

    /** Whether a header has the key, in a time that doesn't depend on where it differs. */
    boolean allows(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        return MessageDigest.isEqual(hash, sha256(authorization.substring(SCHEME.length()).strip()));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
