// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.nio.file.Path;
import java.util.List;

/**
 * What is about to be downloaded.
 *
 * @param repository its name, and the revision where that is not main
 * @param files what is missing in the cache
 * @param bytes how much that is
 * @param folder where it goes
 * @param free how much room there is
 */
public record DownloadPlan(String repository, List<RepoFile> files, long bytes, Path folder, long free) {
    /** Copies the list. */
    public DownloadPlan {
        files = List.copyOf(files);
    }
}
