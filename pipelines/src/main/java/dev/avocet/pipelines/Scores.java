// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** From raw scores to ranked probabilities. */
final class Scores {
    private Scores() {}

    /** The {@code count} most probable labels after a softmax over all, best first, ties in the labels' order. */
    static List<Prediction> top(float[] logits, int offset, List<String> labels, int count) {
        var scores = softmax(logits, offset, labels.size());
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(count)
                .map(i -> new Prediction(i, labels.get(i), (float) scores[i]))
                .toList();
    }

    private static double[] softmax(float[] logits, int offset, int count) {
        var scores = new double[count];
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, logits[offset + i]);
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            scores[i] = Math.exp(logits[offset + i] - max);
            sum += scores[i];
        }
        for (int i = 0; i < count; i++) {
            scores[i] /= sum;
        }
        return scores;
    }
}
