// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** By what bytes are known again: the first half of their SHA-256. */
final class ContentHash {
    private static final int LENGTH = 16;

    private ContentHash() {}

    static byte[] of(byte[] bytes) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(bytes), LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }
}
