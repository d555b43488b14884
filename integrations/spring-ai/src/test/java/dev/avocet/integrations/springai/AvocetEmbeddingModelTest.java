// SPDX-License-Identifier: Apache-2.0
package dev.avocet.integrations.springai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.avocet.core.backend.Device;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.TextEmbedder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.TokenCountBatchingStrategy;

/** The interface's methods, each by both kinds of model that can be behind it. */
class AvocetEmbeddingModelTest {
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
    void textsGiveTheModelsVectorsInTheirOrder() {
        EmbeddingModel model = AvocetEmbeddingModel.of(embedder);
        assertArrayEquals(embedder.embed("a cat"), model.embed("a cat"));
        var texts = List.of("a cat", "the dog ran", "");
        var vectors = model.embed(texts);
        for (int i = 0; i < texts.size(); i++) {
            assertArrayEquals(embedder.embed(texts.get(i)), vectors.get(i));
        }
        assertArrayEquals(align.embed("a cat"), AvocetEmbeddingModel.of(align).embed("a cat"));
    }

    @Test
    void aResponseHasIndicesTheModelsNameAndTheTokens() {
        var response = AvocetEmbeddingModel.of(embedder).embedForResponse(List.of("a cat", "dog"));
        assertEquals(List.of(0, 1), response.getResults().stream().map(each -> each.getIndex()).toList());
        assertArrayEquals(embedder.embed("dog"), response.getResults().getLast().getOutput());
        assertEquals("sentence-mean", response.getMetadata().getModel());
        assertEquals(4 + 3, response.getMetadata().getUsage().getPromptTokens());
        assertEquals(4 + 3, response.getMetadata().getUsage().getTotalTokens());
        assertEquals(0, response.getMetadata().getUsage().getCompletionTokens());
    }

    @Test
    void documentsAreEmbeddedWithoutOrWithTheirMetadata() {
        var document = new Document("a cat", Map.of("animal", "dog"));
        EmbeddingModel model = AvocetEmbeddingModel.of(embedder);
        assertArrayEquals(embedder.embed("a cat"), model.embed(document));
        EmbeddingModel withMetadata = AvocetEmbeddingModel.of(embedder).withMetadataMode(MetadataMode.EMBED);
        assertArrayEquals(embedder.embed(document.getFormattedContent(MetadataMode.EMBED)),
                withMetadata.embed(document));
    }

    @Test
    void manyDocumentsGoInTheBatchesThatTheStrategyMakes() {
        EmbeddingModel model = AvocetEmbeddingModel.of(embedder);
        var documents = new ArrayList<Document>();
        IntStream.range(0, 40).forEach(i -> documents.add(new Document("cat ".repeat(1 + i % 9))));
        var vectors = model.embed(documents, EmbeddingOptions.builder().build(), new TokenCountBatchingStrategy());
        assertEquals(40, vectors.size());
        for (int i = 0; i < 40; i++) {
            assertArrayEquals(embedder.embed(documents.get(i).getText()), vectors.get(i));
        }
    }

    @Test
    void dimensionsAreKnownWithoutACall() {
        assertEquals(36, AvocetEmbeddingModel.of(embedder).dimensions());
        assertEquals(align.dimensions(), AvocetEmbeddingModel.of(align).dimensions());
    }

    @Test
    void optionsThatAskForSomethingElseAreRefused() {
        EmbeddingModel model = AvocetEmbeddingModel.of(embedder);
        var same = EmbeddingOptions.builder().model("sentence-mean").dimensions(36).build();
        assertEquals(1, model.call(new EmbeddingRequest(List.of("a"), same)).getResults().size());
        assertEquals(1, model.call(new EmbeddingRequest(List.of("a"), null)).getResults().size());
        for (var other : List.of(EmbeddingOptions.builder().dimensions(8).build(),
                EmbeddingOptions.builder().model("ada").build())) {
            assertThrows(IllegalArgumentException.class,
                    () -> model.call(new EmbeddingRequest(List.of("a"), other)));
        }
    }
}
