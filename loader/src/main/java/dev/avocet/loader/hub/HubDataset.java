// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.nio.file.Path;
import java.util.List;

/** A data set on the hub at one commit: its files, read in parts or downloaded one by one. */
public final class HubDataset {
    private final Repository repository;
    private final Repository.Tree tree;

    HubDataset(Repository repository) {
        this.repository = repository;
        var kept = repository.kept();
        this.tree = repository.now(kept.isPresent()).or(() -> kept).orElseThrow(repository::notListed);
    }

    /** The commit that the revision stood for when this was made. */
    public String commit() {
        return tree.commit();
    }

    /** All files, in the order of their paths. */
    public List<RepoFile> files() {
        return List.copyOf(tree.listing().files().values());
    }

    /** A file to read parts of; throws {@link HubException} where there is none. */
    public RemoteFile open(String path) {
        return new RemoteFile(repository, tree.commit(), repository.listed(tree, path));
    }

    /** A file in the cache, downloaded where that lacks it; throws {@link HubException} where there is none. */
    public Path download(String path) {
        if (!tree.listing().files().containsKey(path)) {
            repository.noteMissing(tree.commit(), path);
        }
        repository.download(tree, List.of(path));
        return repository.cache().file(tree.commit(), path);
    }
}
