// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokenizer folders of every kind, and what AutoTokenizer of transformers makes of them. */
class ConfigurationsTest {
    private static final JsonNode GOLDENS = Goldens.read("/tokenizer/configurations.json");
    private static final List<String> TEXTS = Goldens.texts(GOLDENS.get("texts"));

    @TempDir
    Path folder;

    static Stream<Named<JsonNode>> configurations() {
        return GOLDENS.get("configurations").valueStream()
                .map(golden -> Named.of(golden.get("name").textValue(), golden));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void aFolderGivesHuggingFacesIds(JsonNode golden) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\"}");
        for (var file : golden.get("files").properties()) {
            var content = file.getValue().isTextual() ? file.getValue().textValue() : file.getValue().toString();
            Files.writeString(folder.resolve(file.getKey()), content);
        }
        var tokenizer = Tokenizer.load(folder);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertArrayEquals(Goldens.ints(golden.get("ids").get(i)), tokenizer.encode(TEXTS.get(i)), TEXTS.get(i));
        }
        assertBatch(golden.get("to_length"), tokenizer.encodeToLength(TEXTS, 9));
        assertBatch(golden.get("to_longest"), tokenizer.encodeToLongest(TEXTS, 9));
        assertEquals(golden.get("model_max_length").intValue(), tokenizer.maxLength());
        assertEquals(golden.get("pad_id").intValue(), tokenizer.padId());
    }

    private static void assertBatch(JsonNode golden, Encoding encoding) {
        assertArrayEquals(Goldens.ints(golden.get(0)), encoding.inputIds().toInts());
        assertArrayEquals(Goldens.ints(golden.get(1)), encoding.attentionMask().toInts());
        assertArrayEquals(Goldens.ints(golden.get(2)), encoding.tokenTypeIds().toInts());
    }
}
