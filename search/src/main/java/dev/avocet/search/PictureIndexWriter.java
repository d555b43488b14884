// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.core.AvocetException;
import dev.avocet.search.IndexException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * Writes an index of pictures. What {@link #commit} has returned from survives whatever happens to the process; the rest
 * is as if it had never been put.
 *
 * <p>May be used from any number of threads; of one index there is one writer at a time.
 */
public final class PictureIndexWriter implements AutoCloseable {
    static final String FORMAT_KEY = "avocet.pictures";
    static final String FORMAT = "1";
    static final String QUANTIZED = "quantized";

    private static final double BUFFER_MB = 32;

    private final String name;
    private final Directory directory;
    private final ExecutorService workers;
    private final IndexWriter writer;
    private final int dimensions;

    private PictureIndexWriter(Path folder, Directory directory, ModelMark mark, Layout layout, int threads)
            throws IOException {
        this.name = folder.toString();
        this.directory = directory;
        this.dimensions = mark.dimensions();
        requireSame(folder, directory, mark, layout.quantized());
        this.workers = Executors.newFixedThreadPool(threads,
                Thread.ofPlatform().daemon().name("avocet-index-", 0).factory());
        try {
            var config = new IndexWriterConfig()
                    .setCodec(new VectorCodec(layout.quantized(), layout.graph(), threads, workers))
                    .setMergePolicy(new LargestStay())
                    .setRAMBufferSizeMB(BUFFER_MB)
                    .setCommitOnClose(false);
            this.writer = new IndexWriter(directory, config);
        } catch (IOException | RuntimeException e) {
            workers.shutdown();
            throw e;
        }
        var notes = mark.toNotes();
        notes.put(FORMAT_KEY, FORMAT);
        notes.put(QUANTIZED, Boolean.toString(layout.quantized()));
        writer.setLiveCommitData(notes.entrySet());
    }

    /**
     * Opens an index, or makes one.
     *
     * @param quantized whether vectors are also kept in 7 bits a number, which searching then reads
     * @throws IndexException where another model made it, or other settings, or another process is writing to it
     */
    public static PictureIndexWriter open(Path folder, ModelMark mark, boolean quantized, int threads) {
        return open(folder, mark, new Layout(quantized, VectorCodec.GRAPH), threads);
    }

    /** How vectors are laid out: {@link VectorCodec}. */
    record Layout(boolean quantized, int graph) {}

    static PictureIndexWriter open(Path folder, ModelMark mark, Layout layout, int threads) {
        try {
            if (Files.isDirectory(folder) && !isIndex(folder) && !isEmpty(folder)) {
                throw new IndexException(Reason.NO_INDEX,
                        folder + " is not empty and holds no index; name a new folder, or one with an index");
            }
            Files.createDirectories(folder);
            var directory = FSDirectory.open(folder);
            try {
                return new PictureIndexWriter(folder, directory, mark, layout, threads);
            } catch (IOException | RuntimeException e) {
                directory.close();
                throw e;
            }
        } catch (CorruptIndexException | IndexFormatTooNewException | IndexFormatTooOldException e) {
            throw PictureIndex.unreadable(folder.toString(), e);
        } catch (LockObtainFailedException e) {
            throw new IndexException(Reason.IN_USE,
                    folder + " is being written by another process; wait until it is done", e);
        } catch (IOException e) {
            throw unwritable(folder.toString(), e);
        }
    }

    private static void requireSame(Path folder, Directory directory, ModelMark mark, boolean quantized)
            throws IOException {
        if (!DirectoryReader.indexExists(directory)) {
            return;
        }
        try (var reader = DirectoryReader.open(directory)) {
            var notes = reader.getIndexCommit().getUserData();
            PictureIndex.requireOurs(notes, folder);
            ModelMark.ofNotes(notes).require(mark, folder.toString());
            if (quantized != Boolean.parseBoolean(notes.get(QUANTIZED))) {
                throw new IndexException(Reason.OTHER_SETTINGS, folder + " was made "
                        + (quantized ? "without quantising" : "with quantising")
                        + "; go on like that, or make a new index");
            }
        }
    }

    private static boolean isIndex(Path folder) throws IOException {
        try (var directory = FSDirectory.open(folder)) {
            return DirectoryReader.indexExists(directory);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            // What a process left that was killed before its first commit.
            return files.map(file -> file.getFileName().toString())
                    .allMatch(file -> file.startsWith("_") || file.equals("write.lock")
                            || file.startsWith("pending_segments"));
        }
    }

    private static IndexException unwritable(String name, IOException e) {
        return new IndexException(Reason.NOT_WRITABLE,
                name + " can't be written: " + e.getMessage() + "; check the space left and the permissions", e);
    }

    /** Something that Lucene does. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    private <T> T attempt(Attempt<T> attempt) {
        try {
            return attempt.run();
        } catch (IOException e) {
            throw unwritable(name, e);
        }
    }

    /** Adds a picture, in place of the one of the same source and name. */
    public void put(Entry entry, float[] vector) {
        if (vector.length != dimensions) {
            throw new AvocetException(entry.place() + " has a vector of " + vector.length + " numbers, and " + name
                    + " has vectors of " + dimensions + "; index what the same model made");
        }
        attempt(() -> writer.updateDocument(
                Documents.key(entry.source(), entry.name()), Documents.of(entry, vector)));
    }

    /** Removes a picture, if it is there. */
    public void remove(String source, String picture) {
        attempt(() -> writer.deleteDocuments(Documents.key(source, picture)));
    }

    /** What there is of a source now, put and not yet committed included. */
    KnownPictures known(String source) {
        return attempt(() -> new KnownPictures(DirectoryReader.open(writer), source));
    }

    /** Removes what a run has not come across. Returns how many there were. */
    int remove(KnownPictures unseen) {
        return attempt(() -> unseen.forEachUnseen(writer::deleteDocuments));
    }

    /** How many pictures there are. */
    public int size() {
        return writer.getDocStats().numDocs;
    }

    /** Makes sure that all that was put and removed stays so. */
    public void commit() {
        attempt(writer::commit);
    }

    /** Builds the graphs for searching that are still wanted, and commits. */
    public void finish() {
        attempt(() -> {
            writer.commit();
            writer.forceMerge(1);
            return writer.commit();
        });
    }

    /** Ends; what was not committed is lost. */
    @Override
    public void close() {
        try (directory; writer) {
            writer.rollback();
        } catch (IOException e) {
            throw unwritable(name, e);
        } finally {
            workers.shutdown();
        }
    }
}
