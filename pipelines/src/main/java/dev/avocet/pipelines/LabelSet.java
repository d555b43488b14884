// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import java.util.List;

/**
 * Labels whose texts one model has embedded already, so that any number of pictures can be scored against them.
 *
 * <p>Immutable plain data; made by {@link Align#labels} and of use with that model only.
 */
public final class LabelSet {
    private final Align owner;
    private final List<String> labels;
    private final float[][] embeddings;

    LabelSet(Align owner, List<String> labels, float[][] embeddings) {
        this.owner = owner;
        this.labels = labels;
        this.embeddings = embeddings;
    }

    /** The labels, in the order in which they were given. */
    public List<String> labels() {
        return labels;
    }

    float[][] embeddingsFor(Align model) {
        if (model != owner) {
            throw new IllegalArgumentException(
                    "these labels were embedded by another model; make them with this one's labels()");
        }
        return embeddings;
    }
}
