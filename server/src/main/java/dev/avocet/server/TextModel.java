// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.TextEmbedder;
import java.util.List;
import java.util.function.Function;

/** Texts to vectors of length 1: what the endpoints of other servers are answered with. */
public interface TextModel {
    /** The length of a vector. */
    int dimensions();

    /** The vectors of texts, in their order. */
    float[][] embed(List<String> texts);

    /** The text tower of ALIGN. */
    static TextModel of(Align align) {
        return of(align.dimensions(), align::embedTexts);
    }

    /** A sentence-transformers model. */
    static TextModel of(TextEmbedder embedder) {
        return of(embedder.dimensions(), texts -> embedder.embed(texts));
    }

    private static TextModel of(int dimensions, Function<List<String>, float[][]> embed) {
        return new TextModel() {
            @Override
            public int dimensions() {
                return dimensions;
            }

            @Override
            public float[][] embed(List<String> texts) {
                return embed.apply(texts);
            }
        };
    }
}
