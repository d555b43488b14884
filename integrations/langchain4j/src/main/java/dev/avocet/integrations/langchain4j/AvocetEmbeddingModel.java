// SPDX-License-Identifier: Apache-2.0
package dev.avocet.integrations.langchain4j;

import dev.avocet.loader.image.Image;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.TextEmbedder;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A {@link TextEmbedder} or an {@link Align} as LangChain4j's {@link EmbeddingModel}: text segments in, embeddings out,
 * with ALIGN pictures too, as {@link ImageContent} of an {@link EmbeddingInput}.
 *
 * <p>A request's texts are embedded in one call, its pictures in another. Metadata of a segment is not embedded. The
 * model stays the caller's, who closes it; may be used from any number of threads.
 */
public final class AvocetEmbeddingModel implements EmbeddingModel {
    private final String name;
    private final int dimension;
    private final Function<List<String>, float[][]> texts;
    private final ToIntFunction<String> tokens;
    private final Function<List<Image>, float[][]> pictures;
    private final Executor executor;

    private AvocetEmbeddingModel(String name, int dimension, Function<List<String>, float[][]> texts,
            ToIntFunction<String> tokens, Function<List<Image>, float[][]> pictures, Executor executor) {
        this.name = name;
        this.dimension = dimension;
        this.texts = texts;
        this.tokens = tokens;
        this.pictures = pictures;
        this.executor = executor;
    }

    /** Texts by a sentence-transformers model. */
    public static AvocetEmbeddingModel of(TextEmbedder embedder) {
        return new AvocetEmbeddingModel(embedder.name(), embedder.dimensions(), embedder::embed,
                embedder::countTokens, null, ForkJoinPool.commonPool());
    }

    /** Texts and pictures, in one space. */
    public static AvocetEmbeddingModel of(Align align) {
        return new AvocetEmbeddingModel(align.name(), align.dimensions(), align::embedTexts, align::countTokens,
                align::embedImages, ForkJoinPool.commonPool());
    }

    /** The same with asynchronous requests on another executor than the common pool. */
    public AvocetEmbeddingModel withExecutor(Executor other) {
        return new AvocetEmbeddingModel(name, dimension, texts, tokens, pictures, other);
    }

    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        var inputs = request.inputs();
        var contents = inputs.stream().map(AvocetEmbeddingModel::only).toList();
        var embeddings = new Embedding[contents.size()];
        var given = pick(contents, TextContent.class).map(each -> ((TextContent) each).text());
        given.into(embeddings, texts);
        pick(contents, ImageContent.class).map(each -> image((ImageContent) each)).into(embeddings, pictures);
        int count = given.items.stream().mapToInt(tokens).sum();
        return EmbeddingResponse.builder()
                .embeddings(Arrays.asList(embeddings))
                .modelName(name)
                .tokenUsage(new TokenUsage(count, 0, count))
                .build();
    }

    @Override
    public CompletableFuture<EmbeddingResponse> doEmbedAsync(EmbeddingRequest request) {
        return CompletableFuture.supplyAsync(() -> doEmbed(request), executor);
    }

    /** A vector is of one text or one picture; several parts have no common one. */
    private static Content only(EmbeddingInput input) {
        if (input.contents().size() != 1) {
            throw new UnsupportedFeatureException("an input must be one text or one picture, not "
                    + input.contents().size() + " parts; embed them one by one");
        }
        return input.contents().getFirst();
    }

    private record Picked<T>(List<Integer> places, List<T> items) {
        <R> Picked<R> map(Function<T, R> function) {
            return new Picked<>(places, items.stream().map(function).toList());
        }

        void into(Embedding[] embeddings, Function<List<T>, float[][]> model) {
            var vectors = items.isEmpty() ? new float[0][] : model.apply(items);
            for (int i = 0; i < vectors.length; i++) {
                embeddings[places.get(i)] = Embedding.from(vectors[i]);
            }
        }
    }

    private static Picked<Content> pick(List<Content> contents, Class<? extends Content> kind) {
        var picked = new Picked<Content>(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < contents.size(); i++) {
            if (kind.isInstance(contents.get(i))) {
                picked.places.add(i);
                picked.items.add(contents.get(i));
            }
        }
        return picked;
    }

    private static Image image(ImageContent content) {
        var data = content.image().base64Data();
        if (data == null) {
            throw new UnsupportedFeatureException(
                    "a picture must come as base64 data; a URL is not fetched: " + content.image().url());
        }
        return Image.read(Base64.getDecoder().decode(data));
    }

    @Override
    public Set<ContentType> supportedContentTypes() {
        return pictures == null ? Set.of(ContentType.TEXT) : Set.of(ContentType.TEXT, ContentType.IMAGE);
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public String modelName() {
        return name;
    }
}
