// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokenizer folders of every kind, and what AutoTokenizer of transformers makes of them. */
class ConfigurationsTest {
    private static final String GOLDENS = "/tokenizer/configurations.json";
    private static final List<String> TEXTS = Goldens.texts(GOLDENS, "texts");

    @TempDir
    Path folder;

    static Stream<Named<Map<String, Object>>> configurations() {
        return Goldens.objects(GOLDENS, "configurations").stream().map(c -> Named.of((String) c.get("name"), c));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void aFolderGivesHuggingFacesIds(Map<String, Object> golden) throws IOException {
        write(Goldens.cast(golden.get("files")));
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\"}");
        var tokenizer = Tokenizer.load(folder);
        List<Object> ids = Goldens.cast(golden.get("ids"));
        for (int i = 0; i < TEXTS.size(); i++) {
            assertArrayEquals(Goldens.ints(ids.get(i)), tokenizer.encode(TEXTS.get(i)), TEXTS.get(i));
        }
        assertBatch(golden.get("to_length"), tokenizer.encodeToLength(TEXTS, 9));
        assertBatch(golden.get("to_longest"), tokenizer.encodeToLongest(TEXTS, 9));
        assertEquals(golden.get("model_max_length"), (long) tokenizer.maxLength());
        assertEquals(golden.get("pad_id"), (long) tokenizer.padId());
    }

    private static void assertBatch(Object golden, Encoding encoding) {
        List<Object> tensors = Goldens.cast(golden);
        assertArrayEquals(Goldens.flatInts(tensors.get(0)), encoding.inputIds().toInts());
        assertArrayEquals(Goldens.flatInts(tensors.get(1)), encoding.attentionMask().toInts());
        assertArrayEquals(Goldens.flatInts(tensors.get(2)), encoding.tokenTypeIds().toInts());
    }

    private void write(Map<String, Object> files) throws IOException {
        for (var file : files.entrySet()) {
            var content = file.getValue() instanceof String text ? text : new ObjectMapper().writeValueAsString(file.getValue());
            Files.writeString(folder.resolve(file.getKey()), content);
        }
    }
}
