// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A repository of the stub hub: commits with files, and names for commits. */
public final class StubRepo {
    private final Map<String, Map<String, Content>> commits = new LinkedHashMap<>();
    private final Map<String, String> revisions = new LinkedHashMap<>();

    /** A file's bytes, kept as a large file or as a Git object. */
    public record Content(byte[] bytes, boolean isLarge) {
        String blobId() {
            var pointer =
                    ("version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256() + "\nsize " + bytes.length
                            + "\n").getBytes(StandardCharsets.UTF_8);
            return gitSha1(isLarge ? pointer : bytes);
        }

        String sha256() {
            return hex("SHA-256", bytes);
        }

        /** What the hub sends as the ETag. */
        String etag() {
            return isLarge ? sha256() : blobId();
        }
    }

    static String gitSha1(byte[] bytes) {
        return hex("SHA-1", ("blob " + bytes.length + "\0").getBytes(StandardCharsets.UTF_8), bytes);
    }

    private static String hex(String algorithm, byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance(algorithm);
            for (var part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A name that stands for a commit. */
    public StubRepo revision(String name, String commit) {
        revisions.put(name, commit);
        commits.computeIfAbsent(commit, _ -> new TreeMap<>());
        return this;
    }

    /** Puts a small file into a commit. */
    public StubRepo small(String commit, String path, String text) {
        return file(commit, path, new Content(text.getBytes(StandardCharsets.UTF_8), false));
    }

    /** Puts a large file into a commit. */
    public StubRepo large(String commit, String path, byte[] bytes) {
        return file(commit, path, new Content(bytes, true));
    }

    public StubRepo file(String commit, String path, Content content) {
        commits.computeIfAbsent(commit, _ -> new TreeMap<>()).put(path, content);
        return this;
    }

    /** The commit that a revision stands for; null for none. */
    String commit(String revision) {
        return commits.containsKey(revision) ? revision : revisions.get(revision);
    }

    Map<String, Content> files(String commit) {
        return commits.get(commit);
    }

    Content bySha256(String hash) {
        return commits.values().stream().flatMap(files -> files.values().stream())
                .filter(each -> each.isLarge() && each.sha256().equals(hash)).findFirst().orElse(null);
    }
}
