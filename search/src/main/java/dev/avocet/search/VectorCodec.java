// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** How vectors are laid out when they are written; what is read says so itself. */
final class VectorCodec extends Lucene104Codec {
    /** Neighbours of a vector in the graph. */
    private static final int NEIGHBOURS = 16;
    /** Candidates for neighbours. */
    private static final int BEAM = 64;
    /**
     * Of fewer than some 31,000 vectors (from n > GRAPH ln n on) no graph is built; they are searched one after the other,
     * which takes milliseconds and misses none.
     */
    static final int GRAPH = 3000;

    private final KnnVectorsFormat format;

    VectorCodec(boolean quantized, int graph, int threads, ExecutorService workers) {
        this.format = quantized
                ? new Lucene104HnswScalarQuantizedVectorsFormat(
                        ScalarEncoding.SEVEN_BIT, NEIGHBOURS, BEAM, threads, workers, graph)
                : new Lucene99HnswVectorsFormat(NEIGHBOURS, BEAM, threads, workers, graph);
    }

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return format;
    }
}
