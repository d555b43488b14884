// SPDX-License-Identifier: Apache-2.0
package dev.avocet.integrations.springai;

import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.TextEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;

/**
 * A {@link TextEmbedder}, or the texts of an {@link Align}, as Spring AI's {@link EmbeddingModel}.
 *
 * <p>All texts of a request are embedded in one call. A model has one width: options that ask for another one, or for
 * another model, are refused by {@link IllegalArgumentException}. The model stays the caller's, who closes it, as by
 * {@code @Bean(destroyMethod = "close")}; may be used from any number of threads.
 */
public final class AvocetEmbeddingModel implements EmbeddingModel {
    private final String name;
    private final int dimensions;
    private final Function<List<String>, float[][]> texts;
    private final ToIntFunction<String> tokens;
    private final MetadataMode metadataMode;

    private AvocetEmbeddingModel(String name, int dimensions, Function<List<String>, float[][]> texts,
            ToIntFunction<String> tokens, MetadataMode metadataMode) {
        this.name = name;
        this.dimensions = dimensions;
        this.texts = texts;
        this.tokens = tokens;
        this.metadataMode = metadataMode;
    }

    /** Texts by a sentence-transformers model; of documents the text alone is embedded. */
    public static AvocetEmbeddingModel of(TextEmbedder embedder) {
        return new AvocetEmbeddingModel(embedder.name(), embedder.dimensions(), embedder::embed, embedder::countTokens,
                MetadataMode.NONE);
    }

    /** Texts in ALIGN's space, where pictures are too; of documents the text alone is embedded. */
    public static AvocetEmbeddingModel of(Align align) {
        return new AvocetEmbeddingModel(align.name(), align.dimensions(), align::embedTexts, align::countTokens,
                MetadataMode.NONE);
    }

    /** The same, embedding this part of a document's metadata with its text. */
    public AvocetEmbeddingModel withMetadataMode(MetadataMode mode) {
        return new AvocetEmbeddingModel(name, dimensions, texts, tokens, mode);
    }

    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        var options = request.getOptions();
        if (options != null) {
            requireSame("model", name, options.getModel());
            requireSame("dimensions", dimensions, options.getDimensions());
        }
        var vectors = texts.apply(request.getInstructions());
        var embeddings = new ArrayList<Embedding>(vectors.length);
        for (int i = 0; i < vectors.length; i++) {
            embeddings.add(new Embedding(vectors[i], i));
        }
        int count = request.getInstructions().stream().mapToInt(tokens).sum();
        return new EmbeddingResponse(
                embeddings, new EmbeddingResponseMetadata(name, new DefaultUsage(count, 0, count)));
    }

    private static void requireSame(String option, Object ours, Object asked) {
        if (asked != null && !asked.equals(ours)) {
            throw new IllegalArgumentException(
                    "the request asks for " + option + " " + asked + ", but this model has " + ours);
        }
    }

    @Override
    public float[] embed(Document document) {
        return embed(getEmbeddingContent(document));
    }

    @Override
    public String getEmbeddingContent(Document document) {
        if (!document.isText()) {
            throw new IllegalArgumentException("document " + document.getId() + " holds no text");
        }
        return document.getFormattedContent(metadataMode);
    }

    @Override
    public int dimensions() {
        return dimensions;
    }
}
