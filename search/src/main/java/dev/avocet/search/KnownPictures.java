// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;

/**
 * What an index had of a source when a run over it began, and which of it the run has come across. One thread at a time
 * asks; what was answered may be used by any.
 */
final class KnownPictures implements AutoCloseable {
    private final DirectoryReader reader;
    private final String source;
    private final List<FixedBitSet> seen;

    /** Takes the reader over, and closes it. */
    KnownPictures(DirectoryReader reader, String source) {
        this.reader = reader;
        this.source = source;
        this.seen = reader.leaves().stream().map(leaf -> new FixedBitSet(leaf.reader().maxDoc())).toList();
    }

    /** A picture as the index has it. */
    record Known(KnownPictures owner, int leaf, int document, long stamp, byte[] content) {
        /** Says that the picture is still there, so that it stays. */
        void see() {
            synchronized (owner.seen) {
                owner.seen.get(leaf).set(document);
            }
        }

        float[] vector() throws IOException {
            var vectors = owner.reader.leaves().get(leaf).reader().getFloatVectorValues(Documents.VECTOR);
            var iterator = vectors.iterator();
            iterator.advance(document);
            return vectors.vectorValue(iterator.index()).clone();
        }

        Entry entry() throws IOException {
            return Documents.entry(owner.reader.leaves().get(leaf).reader().storedFields().document(document));
        }
    }

    /** The picture of this name. */
    Optional<Known> find(String name) throws IOException {
        var key = Documents.key(source, name);
        for (var leaf : reader.leaves()) {
            int document = first(leaf.reader(), key);
            if (document != DocIdSetIterator.NO_MORE_DOCS) {
                return Optional.of(known(leaf.ord, document, leaf.reader()));
            }
        }
        return Optional.empty();
    }

    private Known known(int leaf, int document, LeafReader reader) throws IOException {
        var stamp = reader.getNumericDocValues(Documents.STAMP);
        stamp.advanceExact(document);
        var content = reader.getBinaryDocValues(Documents.CONTENT);
        content.advanceExact(document);
        var bytes = content.binaryValue();
        return new Known(this, leaf, document, stamp.longValue(),
                Arrays.copyOfRange(bytes.bytes, bytes.offset, bytes.offset + bytes.length));
    }

    private static int first(LeafReader reader, Term term) throws IOException {
        var postings = reader.postings(term, PostingsEnum.NONE);
        if (postings == null) {
            return DocIdSetIterator.NO_MORE_DOCS;
        }
        var live = reader.getLiveDocs();
        int document = postings.nextDoc();
        while (document != DocIdSetIterator.NO_MORE_DOCS && live != null && !live.get(document)) {
            document = postings.nextDoc();
        }
        return document;
    }

    /** Something to do with a picture's key. */
    interface KeyTask {
        void run(Term key) throws IOException;
    }

    /** What is in the index of this source and was not seen. Returns how many there are. */
    int forEachUnseen(KeyTask task) throws IOException {
        int count = 0;
        for (var leaf : reader.leaves()) {
            for (int document : unseen(leaf.reader(), seen.get(leaf.ord))) {
                var name = leaf.reader().storedFields().document(document, Set.of(Documents.NAME)).get(Documents.NAME);
                task.run(Documents.key(source, name));
                count++;
            }
        }
        return count;
    }

    private List<Integer> unseen(LeafReader reader, FixedBitSet seen) throws IOException {
        var unseen = new ArrayList<Integer>();
        var postings = reader.postings(new Term(Documents.SOURCE, source), PostingsEnum.NONE);
        var live = reader.getLiveDocs();
        for (int document = postings == null
                ? DocIdSetIterator.NO_MORE_DOCS
                : postings.nextDoc(); document != DocIdSetIterator.NO_MORE_DOCS; document = postings.nextDoc()) {
            if ((live == null || live.get(document)) && !seen.get(document)) {
                unseen.add(document);
            }
        }
        return unseen;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
