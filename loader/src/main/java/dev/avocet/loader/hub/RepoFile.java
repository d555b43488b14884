// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.util.Optional;

/**
 * A file of a repository, as the hub lists it.
 *
 * @param path with {@code /} between folders
 * @param bytes its size
 * @param blobId Git's hash of it; of a large file, of the pointer that Git has in its place
 * @param sha256 of a large file, the hash of its content
 * @param xetHash of a large file in the hub's newer storage, its hash there
 */
public record RepoFile(String path, long bytes, String blobId, Optional<String> sha256, Optional<String> xetHash) {
    /** The name of its content in the cache, which is also its hash: SHA-256 of a large file, Git's SHA-1 otherwise. */
    String hash() {
        return sha256.orElse(blobId);
    }
}
