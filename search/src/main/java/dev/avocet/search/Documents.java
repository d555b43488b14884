// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import java.util.LinkedHashMap;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/** Entries as Lucene's documents, and back. */
final class Documents {
    /** The vector, of length 1. */
    static final String VECTOR = "vector";
    /** Of which document it is the only one. */
    static final String KEY = "key";
    /** Where the entry is from. */
    static final String SOURCE = "source";
    /** {@link Entry#stamp}. */
    static final String STAMP = "stamp";
    /** {@link Entry#content}. */
    static final String CONTENT = "content";
    /** {@link Entry#thumbnail}. */
    static final String THUMBNAIL = "thumbnail";

    /** {@link Entry#name}. */
    static final String NAME = "name";

    /** What the stored values of {@link Entry#fields} begin with. */
    private static final String FIELD = "field.";

    private Documents() {}

    static Term key(String source, String name) {
        return new Term(KEY, source + "\n" + name);
    }

    static Document of(Entry entry, float[] vector) {
        var document = new Document();
        document.add(new StringField(KEY, key(entry.source(), entry.name()).text(), Field.Store.NO));
        document.add(new StringField(SOURCE, entry.source(), Field.Store.YES));
        document.add(new StoredField(NAME, entry.name()));
        document.add(new NumericDocValuesField(STAMP, entry.stamp()));
        document.add(new BinaryDocValuesField(CONTENT, new BytesRef(entry.content())));
        document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
        entry.fields().forEach((name, value) -> document.add(stored(FIELD + name, value)));
        document.add(new StoredField(THUMBNAIL, entry.thumbnail()));
        return document;
    }

    private static StoredField stored(String name, Object value) {
        return switch (value) {
            case Long number -> new StoredField(name, number);
            case Double number -> new StoredField(name, number);
            default -> new StoredField(name, value.toString());
        };
    }

    static Entry entry(Document document) {
        var fields = new LinkedHashMap<String, Object>();
        for (var field : document) {
            if (field.name().startsWith(FIELD)) {
                fields.put(field.name().substring(FIELD.length()), value(field));
            }
        }
        var thumbnail = document.getBinaryValue(THUMBNAIL);
        return new Entry(document.get(SOURCE), document.get(NAME), 0, new byte[0], fields,
                BytesRef.deepCopyOf(thumbnail).bytes);
    }

    private static Object value(IndexableField field) {
        return field.numericValue() == null ? field.stringValue() : field.numericValue();
    }
}
