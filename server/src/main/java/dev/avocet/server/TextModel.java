// SPDX-License-Identifier: Apache-2.0
package dev.avocet.server;

import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.TextEmbedder;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Texts to vectors of length 1: ALIGN's text tower, or a sentence-transformers model.
 *
 * @param dimensions the length of a vector
 * @param tokens how many tokens of a text are computed
 */
record TextModel(String name, int dimensions, Function<List<String>, float[][]> embed, ToIntFunction<String> tokens) {
    static TextModel of(Hosted<Align> hosted) {
        var align = hosted.model();
        return new TextModel(hosted.name(), align.dimensions(), align::embedTexts, align::countTokens);
    }

    static TextModel ofEmbedder(Hosted<TextEmbedder> hosted) {
        var embedder = hosted.model();
        return new TextModel(hosted.name(), embedder.dimensions(), texts -> embedder.embed(texts),
                embedder::countTokens);
    }
}
