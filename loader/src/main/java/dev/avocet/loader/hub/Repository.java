// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.hub.HubException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** A repository at a revision: what the hub and the cache have of it, and how that gets from one to the other. */
final class Repository {
    private final RepoName name;
    private final Optional<HubClient> client;
    private final RepoCache cache;
    private final DownloadListener listener;

    /** A commit and all its files. */
    record Tree(String commit, Listing listing) {}

    /** Without a client, only the cache is looked at. */
    Repository(HubSettings settings, Optional<HubClient> client, RepoName name, DownloadListener listener) {
        this.name = name;
        this.client = client;
        this.cache = new RepoCache(settings, name);
        this.listener = listener;
    }

    RepoName name() {
        return name;
    }

    RepoCache cache() {
        return cache;
    }

    HubClient client() {
        return client.orElseThrow(this::notInCache);
    }

    /** The folder of the files that a choice names, all of one commit; those that the cache lacks are downloaded. */
    Path snapshot(Function<ModelFiles.Contents, List<String>> choice) {
        var kept = cache.commit(name.revision()).filter(commit -> isComplete(commit, choice));
        var now = now(kept.isPresent());
        now.ifPresent(tree -> download(tree, choice.apply(new Online(tree))));
        return cache.snapshot(now.map(Tree::commit).or(() -> kept).orElseThrow(this::notInCache));
    }

    /** Brings the files of these names into the cache. */
    void download(Tree tree, List<String> names) {
        download(tree, names.stream().map(path -> listed(tree, path)).toList(), listener);
        note(tree);
    }

    /** The revision's files as they were listed when it was last used. */
    Optional<Tree> kept() {
        return cache.commit(name.revision()).flatMap(commit -> cache.listing(commit).map(all -> new Tree(commit, all)));
    }

    /** The revision's files as the hub has them; empty where the hub is not to be asked or does not answer, and the cache will do. */
    Optional<Tree> now(boolean cacheWillDo) {
        if (client.isEmpty()) {
            return Optional.empty();
        }
        try {
            var commit = commit(cacheWillDo);
            return Optional.of(new Tree(commit, listing(commit, cacheWillDo)));
        } catch (HubException e) {
            if (!cacheWillDo || e.reason() == Reason.NO_REVISION || e.reason() == Reason.INTERRUPTED) {
                throw e;
            }
            listener.fallsBack(e.getMessage());
            return Optional.empty();
        }
    }

    private String commit(boolean once) {
        return RepoName.isCommit(name.revision())
                ? name.revision()
                : commitOf(ask(client().at(name.infoPath()), once).json());
    }

    private String commitOf(Object info) {
        if (info instanceof Map<?, ?> fields && fields.get("sha") instanceof String sha && RepoName.isCommit(sha)) {
            return sha;
        }
        throw new HubException(Reason.BAD_ANSWER, "the hub names no commit for " + name.title());
    }

    private Listing listing(String commit, boolean once) {
        return cache.listing(commit).orElseGet(() -> {
            var files = new ArrayList<RepoFile>();
            for (var at = Optional.of(client().at(name.treePath(commit))); at.isPresent();) {
                var page = ask(at.get(), once);
                try {
                    files.addAll(Listing.ofPage(page.json()));
                } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
                    throw new HubException(Reason.BAD_ANSWER, at.get() + " answers with no listing", e);
                }
                at = page.next();
            }
            return Listing.of(files);
        });
    }

    /** Asks once where there is something else to fall back on, and where there is not even a connection. */
    private HubClient.Page ask(URI uri, boolean once) {
        var patience = new Patience(client().retryDelay(), listener);
        while (true) {
            try {
                return client().page(uri, name);
            } catch (TransientFailure e) {
                if (once || e.isWithoutConnection()) {
                    throw e.error();
                }
                patience.pause(e);
            }
        }
    }

    /** A file of a commit; throws {@link HubException} where there is none of that name. */
    RepoFile listed(Tree tree, String path) {
        var file = tree.listing().files().get(path);
        if (file == null) {
            throw new HubException(Reason.NO_FILE, name.title() + " has no file \"" + path + "\"");
        }
        return file;
    }

    private void download(Tree tree, List<RepoFile> files, DownloadListener told) {
        var commit = tree.commit();
        var missing = files.stream().filter(file -> !cache.has(commit, file)).toList();
        if (missing.isEmpty()) {
            return;
        }
        long bytes = missing.stream().mapToLong(RepoFile::bytes).sum();
        var plan = new DownloadPlan(name.title(), missing, bytes, cache.folder(), cache.free());
        told.begins(plan);
        long left = missing.stream().mapToLong(cache::left).sum();
        if (plan.free() < left) {
            throw new HubException(Reason.NO_SPACE,
                    name.title() + " needs " + left + " bytes, and the disk of the cache "
                            + plan.folder() + " has " + plan.free() + " left");
        }
        cache.prepare(commit);
        cache.keep(tree.listing(), commit);
        long done = 0;
        for (var file : missing) {
            long before = done;
            download(commit, file, now -> told.progresses(plan, before + now));
            done += file.bytes();
        }
        told.ends(plan);
    }

    private void download(String commit, RepoFile file, LongConsumer progress) {
        try (var lock = BlobLock.take(cache.lock(file.hash()), listener)) {
            var blob = cache.blob(file.hash());
            // Other programs check no hashes, so what they left is checked before it is shown under a new name.
            boolean isThere = cache.has(commit, file)
                    || RepoCache.isWhole(blob, file) && BlobHash.matches(blob, file);
            if (!isThere) {
                fetch(commit, file, lock, progress);
            }
            cache.link(commit, file, !isThere);
        }
        progress.accept(file.bytes());
    }

    private void fetch(String commit, RepoFile file, BlobLock lock, LongConsumer progress) {
        // What a process leaves is taken up only where no other process can be at it.
        var partial = lock.isHeld()
                ? cache.partial(file.hash())
                : cache.blob(file.hash() + "." + UUID.randomUUID().toString().substring(0, 8) + ".incomplete");
        try {
            new BlobDownload(client(), name, commit, file, cache, listener, progress).into(partial);
            cache.publish(partial, file);
        } catch (HubException e) {
            if (!lock.isHeld() || e.reason() == Reason.DAMAGED || e.reason() == Reason.NO_SPACE) {
                RepoCache.delete(partial);
            }
            throw e;
        }
    }

    /** Keeps for the next time what the hub said; a cache that can't be written will do without. */
    private void note(Tree tree) {
        try {
            cache.keep(tree.listing(), tree.commit());
            cache.note(name.revision(), tree.commit());
        } catch (HubException e) {
            // It will be asked for again.
        }
    }

    /** Keeps for other programs that a commit has no such file. */
    void noteMissing(String commit, String path) {
        try {
            cache.prepare(commit);
            cache.noteMissing(commit, path);
            cache.note(name.revision(), commit);
        } catch (HubException e) {
            // It will be asked for again.
        }
    }

    private boolean isComplete(String commit, Function<ModelFiles.Contents, List<String>> choice) {
        var kept = new Kept(commit, cache.listing(commit));
        try {
            return choice.apply(kept).stream().allMatch(kept::has);
        } catch (AvocetException e) {
            return false;
        }
    }

    HubException notInCache() {
        return new HubException(Reason.OFFLINE, name.title() + " is not complete in the cache " + cache.folder()
                + ", and the network is not to be used");
    }

    HubException notListed() {
        return new HubException(Reason.OFFLINE,
                "the cache " + cache.folder() + " does not have the list of all files of "
                        + name.title() + ", and the network is not to be used");
    }

    /** What the hub has of a commit. */
    private final class Online implements ModelFiles.Contents {
        private final Tree tree;

        Online(Tree tree) {
            this.tree = tree;
        }

        @Override
        public Set<String> names() {
            return tree.listing().files().keySet();
        }

        @Override
        public Path file(String path) {
            download(tree, List.of(listed(tree, path)), DownloadListener.SILENT);
            return cache.file(tree.commit(), path);
        }
    }

    /** What the cache has of a commit; without a listing, what happens to be there. */
    private final class Kept implements ModelFiles.Contents {
        private final String commit;
        private final Optional<Listing> listing;

        Kept(String commit, Optional<Listing> listing) {
            this.commit = commit;
            this.listing = listing;
        }

        @Override
        public Set<String> names() {
            return listing.map(all -> all.files().keySet()).orElseGet(this::present);
        }

        private Set<String> present() {
            var names = new TreeSet<String>();
            try (var files = Files.newDirectoryStream(cache.snapshot(commit))) {
                files.forEach(file -> names.add(file.getFileName().toString()));
            } catch (IOException e) {
                return Set.of();
            }
            return names;
        }

        @Override
        public Path file(String path) {
            if (!has(path)) {
                throw notInCache();
            }
            return cache.file(commit, path);
        }

        boolean has(String path) {
            return listing.isPresent()
                    ? cache.has(commit, listed(new Tree(commit, listing.get()), path))
                    : Files.isRegularFile(cache.file(commit, path));
        }
    }
}
