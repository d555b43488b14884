// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.hub.RepoName.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model that is complete in the cache.
 *
 * @param name what to ask the hub for: {@code owner/name}, and a revision where that is not main
 * @param folder its snapshot
 */
public record CachedModel(String name, Path folder) {
    private static final String PREFIX = "models--";

    /** The name on the hub, without the revision, of the model whose snapshot a folder is. */
    public static Optional<String> nameOf(Path folder) {
        var snapshots = folder.toAbsolutePath().normalize().getParent();
        return snapshots == null || !snapshots.endsWith("snapshots") ? Optional.empty() : idOf(snapshots.getParent());
    }

    private static Optional<String> idOf(Path repository) {
        var name = repository.getFileName() == null ? "" : repository.getFileName().toString();
        return name.startsWith(PREFIX)
                ? Optional.of(name.substring(PREFIX.length()).replace("--", "/"))
                : Optional.empty();
    }

    static List<CachedModel> in(HubSettings settings) {
        var models = new ArrayList<CachedModel>();
        var offline = settings.withOffline();
        for (var folder : list(settings.cache())) {
            var id = idOf(folder);
            var references = folder.resolve("refs");
            if (id.isPresent() && Files.isDirectory(references)) {
                for (var revision : names(references)) {
                    find(offline, revision.equals("main") ? id.get() : id.get() + "@" + revision)
                            .ifPresent(models::add);
                }
            }
        }
        return models;
    }

    private static Optional<CachedModel> find(HubSettings offline, String text) {
        try {
            var name = RepoName.of(Kind.MODEL, text);
            var repository = new Repository(offline, Optional.empty(), name, DownloadListener.SILENT);
            return Optional.of(new CachedModel(text, repository.snapshot(all -> ModelFiles.of(name, all))));
        } catch (AvocetException e) {
            return Optional.empty(); // not complete, or no model of Avocet's
        }
    }

    private static List<Path> list(Path folder) {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            return List.of(); // there is no cache yet
        }
    }

    private static List<String> names(Path references) {
        try (var all = Files.walk(references)) {
            return all.filter(Files::isRegularFile).map(file -> references.relativize(file).toString()).sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
