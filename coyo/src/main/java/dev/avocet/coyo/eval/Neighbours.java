// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * The most similar of a gallery's vectors, by their dot products: exact, as products of matrices on a device. Equal ones come in the order
 * of the gallery. Must be closed; the device stays open.
 */
public final class Neighbours implements AutoCloseable {
    private static final int QUERIES = 256;
    private static final int GALLERY = 2048;

    private final Session session;
    private final float[][] gallery;
    private final int width;

    /** Of vectors of one length, at least one. */
    public Neighbours(Device device, float[][] gallery) {
        if (gallery.length == 0) {
            throw new IllegalArgumentException("an empty gallery");
        }
        this.gallery = gallery;
        this.width = gallery[0].length;
        requireWidth(gallery);
        this.session = Session.open("neighbours", (ops, inputs) -> Map.of("products", ops.matmul(
                ops.input("queries", DType.F32, inputs.get("queries")),
                ops.input("gallery", DType.F32, inputs.get("gallery")))), device);
    }

    private void requireWidth(float[][] vectors) {
        for (var each : vectors) {
            if (each.length != width) {
                throw new IllegalArgumentException("vectors of " + each.length + " and of " + width + " numbers");
            }
        }
    }

    /** Which of the gallery's vectors are right for a query. */
    public interface Rightness {
        /** Whether a vector is. */
        boolean isRight(int query, int place);
    }

    /** The numbers of the most similar vectors for each query, the most similar first; fewer where the gallery is smaller. */
    public int[][] nearest(float[][] queries, int count) {
        var nearest = new int[queries.length][];
        compare(queries, count, (_, _) -> false, (query, best) -> nearest[query] = best.places);
        return nearest;
    }

    /**
     * For each query how many vectors are more similar than the most similar of the right ones, counted up to a number; vectors as similar
     * as it don't count, such as those of equal texts.
     */
    public int[] ranks(float[][] queries, int most, Rightness right) {
        var ranks = new int[queries.length];
        compare(queries, most, right, (query, best) -> ranks[query] = best.rank());
        return ranks;
    }

    private interface Result {
        void of(int query, Best best);
    }

    private void compare(float[][] queries, int count, Rightness right, Result result) {
        requireWidth(queries);
        for (int from = 0; from < queries.length; from += QUERIES) {
            int to = Math.min(queries.length, from + QUERIES);
            var best = new Best[to - from];
            for (int i = 0; i < best.length; i++) {
                best[i] = new Best(Math.min(count, gallery.length));
            }
            var block = matrix(queries, from, to);
            for (int at = 0; at < gallery.length; at += GALLERY) {
                offer(block, from, at, Math.min(gallery.length, at + GALLERY), best, right);
            }
            for (int i = 0; i < best.length; i++) {
                result.of(from + i, best[i]);
            }
        }
    }

    private void offer(HostTensor queries, int first, int from, int to, Best[] best, Rightness right) {
        var products =
                session.run(Map.of("queries", queries, "gallery", matrix(gallery, from, to)), List.of("products"))
                        .get("products").toFloats(); // [queries, gallery]
        int columns = to - from;
        for (int i = 0; i < best.length; i++) {
            for (int j = 0; j < columns; j++) {
                float score = products[i * columns + j];
                best[i].offer(score, from + j);
                if (right.isRight(first + i, from + j)) {
                    best[i].right = Math.max(best[i].right, score);
                }
            }
        }
    }

    private HostTensor matrix(float[][] rows, int from, int to) {
        var values = new float[(to - from) * width];
        for (int i = from; i < to; i++) {
            System.arraycopy(rows[i], 0, values, (i - from) * width, width);
        }
        return HostTensor.of(Shape.of(to - from, width), values);
    }

    /** The highest scores so far, sorted; of equal ones the first that came. */
    private static final class Best {
        private final float[] scores;
        private final int[] places;
        private int size;
        private float right = Float.NEGATIVE_INFINITY;

        Best(int most) {
            scores = new float[most];
            places = new int[most];
        }

        void offer(float score, int place) {
            if (size == scores.length && !(score > scores[size - 1])) {
                return;
            }
            int at = size < scores.length ? size++ : size - 1;
            for (; at > 0 && score > scores[at - 1]; at--) {
                scores[at] = scores[at - 1];
                places[at] = places[at - 1];
            }
            scores[at] = score;
            places[at] = place;
        }

        int rank() {
            int rank = 0;
            while (rank < size && scores[rank] > right) {
                rank++;
            }
            return rank;
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
