// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import dev.avocet.core.backend.Device;
import java.util.Arrays;

/** Gives a vector the class that most of its nearest neighbours have, by cosine; of classes that as many have, the smallest. */
public final class KnnClassifier implements AutoCloseable {
    private final Neighbours neighbours;
    private final int[] classes;
    private final int k;
    private final int most;

    /**
     * With labelled vectors of length 1.
     *
     * @param k how many neighbours vote
     */
    public KnnClassifier(Device device, float[][] vectors, int[] classes, int k) {
        if (vectors.length != classes.length || k < 1) {
            throw new IllegalArgumentException(vectors.length + " vectors, " + classes.length + " classes, k = " + k);
        }
        this.neighbours = new Neighbours(device, vectors);
        this.classes = classes.clone();
        this.k = k;
        this.most = Arrays.stream(classes).max().orElse(0) + 1;
    }

    /** The class of each vector. */
    public int[] classify(float[][] vectors) {
        var nearest = neighbours.nearest(vectors, k);
        var result = new int[vectors.length];
        var votes = new int[most];
        for (int i = 0; i < result.length; i++) {
            Arrays.fill(votes, 0);
            for (int place : nearest[i]) {
                votes[classes[place]]++;
            }
            for (int each = 1; each < most; each++) {
                result[i] = votes[each] > votes[result[i]] ? each : result[i];
            }
        }
        return result;
    }

    @Override
    public void close() {
        neighbours.close();
    }
}
