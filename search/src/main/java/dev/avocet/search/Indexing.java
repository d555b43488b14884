// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.image.Image;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.Embedding;
import dev.avocet.search.KnownPictures.Known;
import dev.avocet.search.PictureSource.Content;
import dev.avocet.search.PictureSource.Item;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Brings an index up to what sources have: new pictures are embedded, changed ones again, unchanged ones not, and what is
 * gone from a source goes from the index. Commits now and then, so that after an interruption another run goes on from
 * there.
 *
 * <p>As many threads as the device has each read, decode and embed pictures of their own, which keeps all of them busy.
 */
public final class Indexing {
    private final Align align;
    private final PictureIndexWriter index;
    private final Plan plan;
    private final Listener listener;
    private final Tally tally = new Tally();
    private volatile boolean isStopped;
    private long committed = System.nanoTime();

    /**
     * How to go about it.
     *
     * @param threads that read and embed
     * @param batch pictures that each of them embeds at once
     * @param betweenCommits what an interruption without warning may cost
     */
    public record Plan(int threads, int batch, Duration betweenCommits) {
        /** The same for a run of minutes or days. */
        public static Plan of(int threads, int batch) {
            return new Plan(threads, batch, Duration.ofSeconds(30));
        }
    }

    /** Is told how it goes, by one thread at a time. */
    public interface Listener {
        /** A picture is left out. */
        void failed(String picture, String reason);

        /** Some more pictures are done. */
        void progressed(Counts counts);
    }

    /**
     * How many pictures there were so far.
     *
     * @param embedded that are new or were changed
     * @param unchanged that the index had
     * @param failed that are left out
     * @param removed that were gone from their source
     * @param isComplete whether all sources were gone through from beginning to end
     */
    public record Counts(long embedded, long unchanged, long failed, long removed, boolean isComplete) {
        /** All that were come across. */
        public long seen() {
            return embedded + unchanged + failed;
        }
    }

    /** What several threads count. */
    private static final class Tally {
        private long embedded;
        private long unchanged;
        private long failed;
        private long removed;
        private boolean isComplete = true;

        Counts counts() {
            return new Counts(embedded, unchanged, failed, removed, isComplete);
        }
    }

    /** A job for an index that stays the caller's to close. */
    public Indexing(Align align, PictureIndexWriter index, Plan plan, Listener listener) {
        this.align = align;
        this.index = index;
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * Does it, and commits. Pictures that can't be used are told of and left out.
     *
     * @throws AvocetException where it can't go on; what was done until then is committed
     */
    public Counts run(List<PictureSource> sources) {
        try {
            for (var source : sources) {
                if (!isStopped) {
                    run(source);
                }
            }
        } finally {
            index.commit();
        }
        if (!isStopped) {
            index.finish();
        }
        synchronized (tally) {
            tally.isComplete &= !isStopped;
            return tally.counts();
        }
    }

    /** Has {@link #run} return soon, with what was done until then. */
    public void stop() {
        isStopped = true;
    }

    private void run(PictureSource source) {
        try (var known = index.known(source.name())) {
            var pass = new Pass(source, known);
            pass.runOnAllThreads();
            if (pass.isWhole && !isStopped) {
                long gone = index.remove(known);
                report(() -> tally.removed += gone);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void report(Runnable change) {
        synchronized (tally) {
            change.run();
            listener.progressed(tally.counts());
        }
    }

    private void fail(String place, AvocetException reason) {
        synchronized (tally) {
            tally.failed++;
            var message = reason.getMessage();
            listener.failed(place, message.contains(place) ? message : place + ": " + message);
            listener.progressed(tally.counts());
        }
    }

    private synchronized void commitNowAndThen() {
        if (System.nanoTime() - committed >= plan.betweenCommits().toNanos()) {
            index.commit();
            committed = System.nanoTime();
        }
    }

    /** A picture to be embedded, and what becomes known of it on the way. */
    private static final class Work implements Supplier<Image> {
        private final Item item;
        private final Optional<Known> known;
        private final byte[] bytes;
        private final byte[] hash;
        private int width;
        private int height;
        private byte[] thumbnail;

        Work(Item item, Optional<Known> known, byte[] bytes) {
            this.item = item;
            this.known = known;
            this.bytes = bytes;
            this.hash = ContentHash.of(bytes);
        }

        boolean hasKnownContent() {
            return known.isPresent() && Arrays.equals(known.get().content(), hash);
        }

        @Override
        public Image get() {
            var image = Image.read(bytes);
            width = image.width();
            height = image.height();
            thumbnail = Thumbnails.jpeg(image);
            return image;
        }
    }

    /** One source, gone through once. */
    private final class Pass {
        private final PictureSource source;
        private final KnownPictures known;
        private boolean isWhole = true;
        private boolean isAtEnd;

        Pass(PictureSource source, KnownPictures known) {
            this.source = source;
            this.known = known;
        }

        void runOnAllThreads() {
            try (var threads = Executors.newFixedThreadPool(plan.threads(),
                    Thread.ofPlatform().daemon().name("avocet-embed-", 0).factory())) {
                var running = new ArrayList<Future<?>>();
                for (int i = 0; i < plan.threads(); i++) {
                    running.add(threads.submit(this::work));
                }
                for (var each : running) {
                    each.get();
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                isStopped = true;
                Thread.currentThread().interrupt();
            }
        }

        private void work() {
            try {
                for (var batch = nextBatch(); !batch.isEmpty(); batch = nextBatch()) {
                    embed(batch);
                    commitNowAndThen();
                }
            } catch (RuntimeException | Error e) {
                end();
                throw e;
            }
        }

        private synchronized void end() {
            isAtEnd = true;
            isWhole = false;
        }

        private List<Work> nextBatch() {
            var batch = new ArrayList<Work>();
            while (batch.size() < plan.batch()) {
                var next = next();
                if (next.isEmpty()) {
                    break;
                }
                prepare(next.get()).ifPresent(batch::add);
            }
            return batch;
        }

        /** An item with what the index knows of it. */
        private record Found(Item item, Optional<Known> known) {}

        private synchronized Optional<Found> next() {
            while (!isAtEnd && !isStopped) {
                try {
                    var item = source.next();
                    if (item.isEmpty()) {
                        isAtEnd = true;
                        return Optional.empty();
                    }
                    var before = known.find(item.get().name());
                    if (before.isEmpty() || before.get().stamp() != item.get().stamp()) {
                        return Optional.of(new Found(item.get(), before));
                    }
                    before.get().see();
                    report(() -> tally.unchanged++);
                } catch (AvocetException e) {
                    isWhole = false;
                    fail(source.name(), e);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return Optional.empty();
        }

        /** What is left to do for an item: to embed it, or nothing. */
        private Optional<Work> prepare(Found found) {
            var item = found.item();
            var place = item.place(source.name());
            try {
                switch (item.content()) {
                    case Content.Missing(var reason) -> throw new AvocetException(reason);
                    case Content.Vector(var vector) -> put(item, vector, new byte[0], new byte[0], item.fields());
                    case Content.Bytes bytes -> {
                        var work = new Work(item, found.known(), bytes.read());
                        if (!work.hasKnownContent()) {
                            return Optional.of(work);
                        }
                        putAgain(work);
                    }
                }
                found.known().ifPresent(Known::see);
            } catch (UnreadableException e) {
                found.known().ifPresent(Known::see);
                fail(place, e);
            } catch (AvocetException e) {
                fail(place, e);
            }
            return Optional.empty();
        }

        /** The picture is as it was, and something that is known of it has changed. */
        private void putAgain(Work work) {
            try {
                var before = work.known.orElseThrow();
                var old = before.entry();
                var fields = new LinkedHashMap<String, Object>(work.item.fields());
                fields.putIfAbsent("width", old.fields().get("width"));
                fields.putIfAbsent("height", old.fields().get("height"));
                index.put(new Entry(source.name(), work.item.name(), work.item.stamp(), work.hash, fields,
                        old.thumbnail()), before.vector());
                report(() -> tally.unchanged++);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void embed(List<Work> batch) {
            var results = align.embedEach(batch);
            for (int i = 0; i < batch.size(); i++) {
                var work = batch.get(i);
                switch (results.get(i)) {
                    case Embedding.Refused(var reason) -> fail(work.item.place(source.name()), reason);
                    case Embedding.Vector(var vector) -> {
                        var fields = new LinkedHashMap<String, Object>(work.item.fields());
                        fields.putIfAbsent("width", (long) work.width);
                        fields.putIfAbsent("height", (long) work.height);
                        put(work.item, vector, work.hash, work.thumbnail, fields);
                        work.known.ifPresent(Known::see);
                    }
                }
            }
        }

        private void put(Item item, float[] vector, byte[] hash, byte[] thumbnail,
                SequencedMap<String, Object> fields) {
            index.put(new Entry(source.name(), item.name(), item.stamp(), hash, fields, thumbnail), vector);
            report(() -> tally.embedded++);
        }
    }
}
