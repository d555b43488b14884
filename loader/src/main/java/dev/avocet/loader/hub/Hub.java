// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.loader.hub.RepoName.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The Hugging Face hub, and the cache of what came from it, which Python's huggingface_hub shares.
 *
 * <p>Names are {@code owner/name} or {@code owner/name@revision}, the revision a branch, a tag, {@code refs/pr/N} or a
 * commit. Large files are held to their SHA-256 and small ones to Git's SHA-1 before they become visible. May be used
 * from any number of threads, and beside other processes; nothing to close. What fails is a {@link HubException}.
 */
public final class Hub {
    private final HubSettings settings;
    private final Optional<HubClient> client;

    private Hub(HubSettings settings) {
        this.settings = settings;
        this.client = settings.offline() ? Optional.empty() : Optional.of(new HubClient(settings));
    }

    /** The hub as huggingface_hub's environment variables have it: HF_HOME, HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE... */
    public static Hub fromEnv() {
        return of(HubSettings.fromEnv());
    }

    /** The hub with settings of one's own. */
    public static Hub of(HubSettings settings) {
        return new Hub(settings);
    }

    /** The settings. */
    public HubSettings settings() {
        return settings;
    }

    /** The same as {@link #model(String, DownloadListener)} with nobody listening. */
    public Path model(String name) {
        return model(name, DownloadListener.SILENT);
    }

    /**
     * The folder of a model's configuration, weights, preprocessor and tokenizer, downloaded where the cache lacks them.
     *
     * <p>The revision is looked up on the hub; a commit that is in the cache is not. Where the hub can't be asked, the
     * cache's last state of the revision is taken.
     */
    public Path model(String name, DownloadListener listener) {
        var repository = new Repository(settings, client, RepoName.of(Kind.MODEL, name), listener);
        return repository.snapshot(contents -> ModelFiles.of(repository.name(), contents));
    }

    /** The same as {@link #dataset(String, DownloadListener)} with nobody listening. */
    public HubDataset dataset(String name) {
        return dataset(name, DownloadListener.SILENT);
    }

    /** A data set, listed; nothing is downloaded yet. */
    public HubDataset dataset(String name, DownloadListener listener) {
        return new HubDataset(new Repository(settings, client, RepoName.of(Kind.DATASET, name), listener));
    }

    /** The models that are complete in the cache, by name; looks at no network. */
    public List<CachedModel> cachedModels() {
        return CachedModel.in(settings);
    }
}
