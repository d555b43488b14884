// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.backend.Device;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.ConfigException;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.CheckpointException;
import dev.avocet.loader.checkpoint.JsonFile;
import dev.avocet.pipelines.Pooling.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Vectors of a small random checkpoint; make_sentences.py says where the wanted ones come from. */
class TextEmbedderTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden/sentence-mean");
    private static final String POOLING = "1_Pooling/config.json";

    @TempDir
    private Path temp;

    static List<String> devices() {
        return TestDevices.names();
    }

    private static List<String> texts() {
        var file = FOLDER.resolve("texts.json");
        return new Config(file.toString(), JsonFile.read(file)).texts("texts", List.of());
    }

    /** The checkpoint with some files written anew, of pairs of a name and what it holds. */
    private Path changed(String... files) throws IOException {
        var folder = Files.createTempDirectory(temp, "model");
        try (var all = Files.walk(FOLDER)) {
            for (var file : all.filter(Files::isRegularFile).toList()) {
                var copy = folder.resolve(FOLDER.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        for (int i = 0; i < files.length; i += 2) {
            Files.writeString(folder.resolve(files[i]), files[i + 1]);
        }
        return folder;
    }

    private static String modules(String... kinds) {
        var paths = List.of("", "1_Pooling", "2_Normalize", "3_More");
        var modules = new ArrayList<String>();
        for (int i = 0; i < kinds.length; i++) {
            modules.add("{\"idx\": %d, \"path\": \"%s\", \"type\": \"%s\"}".formatted(i, paths.get(i), kinds[i]));
        }
        return modules.toString();
    }

    private static final String PLAIN =
            modules("sentence_transformers.models.Transformer", "sentence_transformers.models.Pooling");

    @ParameterizedTest
    @MethodSource("devices")
    void everyWayOfPoolingIsAsCloseToFloat64AsTorchIs(String deviceName) throws IOException {
        try (var device = Device.firstOf(deviceName);
                var golden = Checkpoint.open(FOLDER.resolve(
                        "golden.safetensors"))) {
            for (var mode : Mode.values()) {
                var folder = changed("modules.json", PLAIN, POOLING,
                        "{\"embedding_dimension\": 36, \"pooling_mode\": \"" + mode.label() + "\"}");
                try (var embedder = TextEmbedder.load(folder, device)) {
                    assertClose(golden, mode.label(), embedder.embed(texts()));
                }
            }
        }
    }

    private static void assertClose(Checkpoint golden, String mode, float[][] vectors) {
        var exact = golden.tensor("f64." + mode);
        var torch = golden.tensor("f32." + mode);
        double error = 0;
        double torchError = 0;
        double largest = 0;
        int width = vectors[0].length;
        assertEquals(exact.shape().elements(), (long) vectors.length * width);
        for (int i = 0; i < vectors.length * width; i++) {
            error = Math.max(error, Math.abs(vectors[i / width][i % width] - exact.doubleAt(i)));
            torchError = Math.max(torchError, Math.abs(torch.doubleAt(i) - exact.doubleAt(i)));
            largest = Math.max(largest, Math.abs(exact.doubleAt(i)));
        }
        assertTrue(error <= 2 * torchError + 1e-6 * largest, mode + ": " + error + ", torch " + torchError);
    }

    @Test
    void normalizeBringsTheMeanToLengthOne() throws IOException {
        try (var device = Device.firstOf(TestDevices.fastest());
                var normalized = TextEmbedder.load(FOLDER, device);
                var plain = TextEmbedder.load(changed("modules.json", PLAIN), device)) {
            var vector = normalized.embed("a cat");
            var mean = plain.embed("a cat");
            double length = Math.sqrt(squares(mean));
            assertEquals(1, Math.sqrt(squares(vector)), 1e-6);
            for (int i = 0; i < vector.length; i++) {
                assertEquals(mean[i] / length, vector[i], 1e-6);
            }
        }
    }

    private static double squares(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += (double) value * value;
        }
        return sum;
    }

    @Test
    void severalWaysOfPoolingGiveTheirVectorsOneAfterTheOther() throws IOException {
        var folder = changed("modules.json", PLAIN, POOLING, """
                {"word_embedding_dimension": 36, "pooling_mode_cls_token": true, "pooling_mode_max_tokens": true,
                 "pooling_mode_mean_tokens": false}""");
        try (var device = Device.firstOf(TestDevices.fastest());
                var both = TextEmbedder.load(folder, device);
                var golden = Checkpoint.open(FOLDER.resolve("golden.safetensors"))) {
            assertEquals(72, both.dimensions());
            var vectors = both.embed(texts());
            assertClose(golden, "cls", Arrays.stream(vectors).map(v -> Arrays.copyOf(v, 36)).toArray(float[][]::new));
            assertClose(golden, "max",
                    Arrays.stream(vectors).map(v -> Arrays.copyOfRange(v, 36, 72)).toArray(float[][]::new));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aVectorIsTheSameBitsAloneInAnyBatchAndThroughABatcher(String deviceName) {
        var texts = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            texts.addAll(texts());
        }
        try (var device = Device.firstOf(deviceName);
                var embedder = TextEmbedder.load(FOLDER, device, LoadOptions.defaults().withMaxBatch(7));
                var batcher = embedder.batcher(BatchOptions.defaults().withMaxBatch(7))) {
            var alone = texts.stream().map(embedder::embed).toArray(float[][]::new);
            assertArrayEquals(alone, embedder.embed(texts));
            var futures = texts.stream().map(batcher::submit).toList();
            for (int i = 0; i < alone.length; i++) {
                assertArrayEquals(alone[i], futures.get(i).join());
            }
            Collections.reverse(texts);
            assertArrayEquals(alone, Arrays.asList(embedder.embed(texts)).reversed().toArray(float[][]::new));
        }
    }

    @Test
    void textsAreCutToMaxSeqLengthAndCounted() throws IOException {
        try (var device = Device.firstOf(TestDevices.fastest());
                var embedder = TextEmbedder.load(FOLDER, device);
                var whole = TextEmbedder.load(changed("sentence_bert_config.json", "{}"), device)) {
            assertEquals(16, embedder.maxTokens());
            assertEquals(24, whole.maxTokens()); // the network's positions
            assertEquals(4, embedder.countTokens("a cat"));
            assertEquals(16, embedder.countTokens("cat ".repeat(100)));
            assertEquals(0, embedder.embed(List.of()).length);
            embedder.warmUp(1, 3);
        }
    }

    @Test
    void aDefaultPromptBeginsEveryText() throws IOException {
        var folder = changed("config_sentence_transformers.json",
                "{\"prompts\": {\"query\": \"the dog \"}, \"default_prompt_name\": \"query\"}");
        try (var device = Device.firstOf(TestDevices.fastest());
                var plain = TextEmbedder.load(FOLDER, device);
                var prompted = TextEmbedder.load(folder, device)) {
            assertArrayEquals(plain.embed("the dog ran"), prompted.embed("ran"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "1_Pooling/config.json|{\"embedding_dimension\": 36, \"pooling_mode\": \"median\"}|\"median\" is not known",
        "1_Pooling/config.json|{\"embedding_dimension\": 36, \"pooling_mode_median\": true}|\"pooling_mode_median\"",
        "1_Pooling/config.json|{\"embedding_dimension\": 40}|a width of 40, but the network has 36",
        "1_Pooling/config.json|{\"pooling_mode\": \"cls\"}|\"word_embedding_dimension\"",
        "2_Normalize/config.json|{\"module_input_name\": \"token_embeddings\"}|\"module_input_name\"",
        "sentence_bert_config.json|{\"max_seq_length\": 0}|\"max_seq_length\" must be a positive integer",
        "sentence_bert_config.json|{\"transformer_task\": \"fill-mask\"}|\"transformer_task\"",
        "config_sentence_transformers.json|{\"default_prompt_name\": \"query\"}|\"default_prompt_name\"",
        "modules.json|[]|wanted the modules Transformer, Pooling",
        "modules.json|[{\"type\": \"my.Transformer\"}]|\"type\" must be a class of sentence_transformers",
        "modules.json|[1]|module 0 is no object"})
    void whatIsNotKnownIsRefusedByName(String file, String content, String message) throws IOException {
        var folder = changed();
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), content);
        try (var device = Device.firstOf(TestDevices.fastest())) {
            var error = assertThrows(ConfigException.class, () -> TextEmbedder.load(folder, device));
            assertTrue(error.getMessage().contains(message), error.getMessage());
        }
    }

    @Test
    void aFurtherModuleIsRefusedByItsName() throws IOException {
        var folder = changed("modules.json", modules("sentence_transformers.base.modules.transformer.Transformer",
                "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
                "sentence_transformers.models.Dense"));
        try (var device = Device.firstOf(TestDevices.fastest())) {
            var error = assertThrows(ConfigException.class, () -> TextEmbedder.load(folder, device));
            assertTrue(error.getMessage().endsWith("found Transformer, Pooling, Dense"), error.getMessage());
        }
    }

    @Test
    void otherFoldersAreRefused() throws IOException {
        var outside = changed("modules.json", PLAIN.replace("1_Pooling", "../1_Pooling"));
        var noList = changed("modules.json", "{}");
        try (var device = Device.firstOf(TestDevices.fastest())) {
            var none = assertThrows(ConfigException.class, () -> TextEmbedder.load(Bundled.TINY_ALIGN, device));
            assertTrue(none.getMessage().contains("has no modules.json"), none.getMessage());
            assertThrows(ConfigException.class, () -> TextEmbedder.load(outside, device));
            assertThrows(CheckpointException.class, () -> TextEmbedder.load(noList, device));
        }
    }
}
