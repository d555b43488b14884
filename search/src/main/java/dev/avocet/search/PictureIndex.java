// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.loader.image.Image;
import dev.avocet.pipelines.Align;
import dev.avocet.search.IndexException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RescoreTopNQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * An index of pictures, as it was when it was opened, for searching.
 *
 * <p>May be used from any number of threads, and while another process writes to the index.
 */
public final class PictureIndex implements AutoCloseable {
    /** As many of the nearest are looked for at least, since looking for few finds fewer of them. */
    private static final int CANDIDATES = 100;

    private final String name;
    private final Directory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final ModelMark mark;
    private final boolean quantized;

    private PictureIndex(Path folder, Directory directory, DirectoryReader reader) throws IOException {
        this.name = folder.toString();
        this.directory = directory;
        this.reader = reader;
        this.searcher = new IndexSearcher(reader);
        var notes = reader.getIndexCommit().getUserData();
        requireOurs(notes, folder);
        this.mark = ModelMark.ofNotes(notes);
        this.quantized = Boolean.parseBoolean(notes.get(PictureIndexWriter.QUANTIZED));
    }

    /** Opens the index in a folder; throws {@link IndexException} where there is none, or it is damaged. */
    public static PictureIndex open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new IndexException(Reason.NO_INDEX,
                    folder + (Files.exists(folder) ? " is no index, which is a folder" : " does not exist")
                            + "; make an index with \"avocet index\"");
        }
        try {
            var directory = FSDirectory.open(folder);
            try {
                return new PictureIndex(folder, directory, DirectoryReader.open(directory));
            } catch (IOException | RuntimeException e) {
                directory.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(folder.toString(), e);
        }
    }

    static void requireOurs(Map<String, String> notes, Path folder) {
        if (!PictureIndexWriter.FORMAT.equals(notes.get(PictureIndexWriter.FORMAT_KEY))) {
            throw new IndexException(Reason.NO_INDEX, folder + " holds an index of Lucene's, but none of pictures that"
                    + " this version of Avocet reads; make a new one with \"avocet index\" in another folder");
        }
    }

    static IndexException unreadable(String name, IOException e) {
        return switch (e) {
            case IndexNotFoundException _ -> new IndexException(Reason.NO_INDEX,
                    name + " holds no index; make one with \"avocet index\"", e);
            case CorruptIndexException _ -> damaged(name, e);
            case IndexFormatTooNewException _,IndexFormatTooOldException _ -> new IndexException(Reason.NO_INDEX,
                    name + " was written by another version of Lucene; make the index anew", e);
            default -> damaged(name, e);
        };
    }

    private static IndexException damaged(String name, IOException e) {
        return new IndexException(Reason.DAMAGED, name + " can't be read: " + e.getMessage()
                + "; if its files were changed, make the index anew", e);
    }

    /** The model that made it. */
    public ModelMark mark() {
        return mark;
    }

    /** Whether it is searched by vectors of 7 bits a number; what is found is ranked by the full ones all the same. */
    public boolean quantized() {
        return quantized;
    }

    /** How many pictures it has. */
    public int size() {
        return reader.numDocs();
    }

    /** The pictures that fit a text best, best first; throws {@link IndexException} where another model made the index. */
    public List<Hit> search(Align align, String text, int count) {
        mark.requireTextsOf(align, name);
        return nearest(align.embed(text), count);
    }

    /** The pictures most like a picture, best first; throws {@link IndexException} where another model made the index. */
    public List<Hit> search(Align align, Image image, int count) {
        mark.requirePicturesOf(align, name);
        return nearest(align.embed(image), count);
    }

    /** The pictures whose vectors are nearest to a vector of length 1, best first. */
    public List<Hit> nearest(float[] vector, int count) {
        if (vector.length != mark.dimensions()) {
            throw new IllegalArgumentException(
                    "a vector of " + vector.length + " numbers for an index of " + mark.dimensions());
        }
        if (count < 1) {
            throw new IllegalArgumentException("the number of pictures to find must be positive, not " + count);
        }
        if (reader.numDocs() == 0) {
            return List.of();
        }
        try {
            var hits = new ArrayList<Hit>();
            var documents = searcher.storedFields();
            for (var found : searcher.search(query(vector, Math.min(count, reader.numDocs())), count).scoreDocs) {
                // Lucene maps a cosine to (1 + cosine) / 2, since its scores are never negative.
                hits.add(new Hit(2 * found.score - 1, Documents.entry(documents.document(found.doc))));
            }
            return hits;
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private Query query(float[] vector, int count) {
        int candidates = Math.max(CANDIDATES, count + count / 2);
        var nearest = new KnnFloatVectorQuery(Documents.VECTOR, vector, candidates);
        return quantized
                ? RescoreTopNQuery.createFullPrecisionRescorerQuery(nearest, vector, Documents.VECTOR, candidates)
                : nearest;
    }

    @Override
    public void close() {
        try (directory) {
            reader.close();
        } catch (IOException e) {
            // Nothing was written.
        }
    }
}
