// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.nio.file.Path;
import java.util.List;

/** A data set on the hub at one commit: its files, read in parts or downloaded one by one. */
public final class HubDataset {
    private final Repository repository;
    private final String commit;
    private final Listing listing;

    HubDataset(Repository repository) {
        this.repository = repository;
        var cache = repository.cache();
        var kept = cache.commit(repository.name().revision()).filter(each -> cache.listing(each).isPresent());
        this.commit = repository.commit(kept);
        this.listing = repository.listing(commit);
    }

    /** The commit that the revision stood for when this was made. */
    public String commit() {
        return commit;
    }

    /** All files, in the order of their paths. */
    public List<RepoFile> files() {
        return List.copyOf(listing.files().values());
    }

    /** A file to read parts of; throws {@link HubException} where there is none. */
    public RemoteFile open(String path) {
        return new RemoteFile(repository, commit, repository.listed(listing, path));
    }

    /** A file in the cache, downloaded where that lacks it; throws {@link HubException} where there is none. */
    public Path download(String path) {
        if (!listing.files().containsKey(path)) {
            repository.noteMissing(commit, path);
        }
        repository.snapshot(commit, listing, List.of(path));
        return repository.cache().file(commit, path);
    }
}
