// SPDX-License-Identifier: Apache-2.0
package dev.avocet.integrations.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.ImageException;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.TextEmbedder;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.listener.EmbeddingModelResponseContext;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The interface's methods, each by both kinds of model that can be behind it. */
class AvocetEmbeddingModelTest {
    private static final Path CAT = Path.of("..", "..", "models", "samples", "cat.jpg");

    private static Device device;
    private static TextEmbedder embedder;
    private static Align align;

    @BeforeAll
    static void load() {
        device = Device.firstOf("cpu", "reference");
        embedder = TextEmbedder.load(
                Path.of("..", "..", "pipelines", "src", "test", "resources", "golden", "sentence-mean"), device);
        align = Align.load(Path.of("..", "..", "models", "tiny-align"), device);
    }

    @AfterAll
    static void close() {
        align.close();
        embedder.close();
        device.close();
    }

    @Test
    void aTextAndASegmentGiveTheModelsVectorAndItsTokens() {
        EmbeddingModel model = AvocetEmbeddingModel.of(embedder);
        var ofText = model.embed("a cat");
        assertArrayEquals(embedder.embed("a cat"), ofText.content().vector());
        assertEquals(4, ofText.tokenUsage().inputTokenCount());
        assertEquals(4, ofText.tokenUsage().totalTokenCount());
        var segment = TextSegment.from("a cat", Metadata.from("source", "a dog"));
        assertEquals(ofText.content(), model.embed(segment).content());
        EmbeddingModel texts = AvocetEmbeddingModel.of(align);
        assertArrayEquals(align.embed("a cat"), texts.embed("a cat").content().vector());
    }

    @Test
    void allSegmentsComeBackInTheirOrder() {
        EmbeddingModel model = AvocetEmbeddingModel.of(embedder);
        var segments = IntStream.range(0, 50).mapToObj(i -> TextSegment.from("cat ".repeat(i % 7) + "sat")).toList();
        var response = model.embedAll(segments);
        assertEquals(50, response.content().size());
        int tokens = 0;
        for (int i = 0; i < 50; i++) {
            assertArrayEquals(embedder.embed(segments.get(i).text()), response.content().get(i).vector());
            tokens += embedder.countTokens(segments.get(i).text());
        }
        assertEquals(tokens, response.tokenUsage().inputTokenCount());
        assertEquals(List.of(), model.embedAll(List.of()).content());
    }

    @Test
    void dimensionAndNameAreKnownWithoutACall() {
        EmbeddingModel model = AvocetEmbeddingModel.of(embedder);
        assertEquals(36, model.dimension());
        assertEquals("sentence-mean", model.modelName());
        assertEquals(align.dimensions(), AvocetEmbeddingModel.of(align).dimension());
        assertEquals("sentence-mean", model.embed(EmbeddingRequest.builder().input("a").build()).modelName());
    }

    @Test
    void picturesAndTextsOfOneRequestLieInOneSpace() {
        EmbeddingModel model = AvocetEmbeddingModel.of(align);
        assertEquals(Set.of(ContentType.TEXT, ContentType.IMAGE), model.supportedContentTypes());
        var response = model.embed(EmbeddingRequest.builder()
                .inputs(EmbeddingInput.from("a photo of a cat"),
                        EmbeddingInput.from(ImageContent.from(CAT, "image/jpeg")),
                        EmbeddingInput.from("a photo of a ship"))
                .build());
        var vectors = response.embeddings().stream().map(Embedding::vector).toList();
        assertArrayEquals(align.embed("a photo of a cat"), vectors.get(0));
        assertArrayEquals(align.embed(Image.read(CAT)), vectors.get(1));
        assertArrayEquals(align.embed("a photo of a ship"), vectors.get(2));
        assertTrue(dot(vectors.get(1), vectors.get(0)) > dot(vectors.get(1), vectors.get(2)));
        assertEquals(align.countTokens("a photo of a cat") + align.countTokens("a photo of a ship"),
                response.tokenUsage().inputTokenCount());
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
    }

    @Test
    void whatCannotBeEmbeddedIsRefused() {
        EmbeddingModel texts = AvocetEmbeddingModel.of(embedder);
        EmbeddingModel both = AvocetEmbeddingModel.of(align);
        var picture = EmbeddingRequest.builder().input(ImageContent.from(CAT, "image/jpeg")).build();
        assertThrows(UnsupportedFeatureException.class, () -> texts.embed(picture));
        var parts = EmbeddingRequest.builder()
                .input(TextContent.from("a cat"), ImageContent.from(CAT, "image/jpeg")).build();
        assertThrows(UnsupportedFeatureException.class, () -> both.embed(parts));
        var url = EmbeddingRequest.builder().input(ImageContent.from(URI.create("http://127.0.0.1/cat.jpg"))).build();
        assertThrows(UnsupportedFeatureException.class, () -> both.embed(url));
        var noPicture = EmbeddingRequest.builder().input(ImageContent.from("AAAA", "image/png")).build();
        assertThrows(ImageException.class, () -> both.embed(noPicture));
        var shorter = EmbeddingRequest.builder().input("a cat").dimensions(8).build();
        assertThrows(UnsupportedFeatureException.class, () -> texts.embed(shorter));
    }

    @Test
    void listenersAndAsynchronousRequestsWork() {
        var answers = new ArrayList<Integer>();
        EmbeddingModel model = AvocetEmbeddingModel.of(embedder).withExecutor(Runnable::run)
                .addListener(new EmbeddingModelListener() {
                    @Override
                    public void onResponse(EmbeddingModelResponseContext context) {
                        answers.add(context.embeddingResponse().embeddings().size());
                    }
                });
        model.embedAll(List.of(TextSegment.from("a"), TextSegment.from("cat")));
        assertEquals(List.of(2), answers);
        var later = AvocetEmbeddingModel.of(embedder).embedAsync(EmbeddingRequest.builder().input("a cat").build());
        assertArrayEquals(embedder.embed("a cat"), later.join().embeddings().getFirst().vector());
    }
}
