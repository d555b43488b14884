// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.core.model.Config;
import dev.avocet.loader.checkpoint.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers are those of the published checkpoints. */
class PresetTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"VIT_LARGE, 392, 0, 1218863008", "ALIGN_BASE, 1232, 162, 689695060",
        "MINILM, 103, 0, 90852864"})
    void aPresetHasTheTensorsOfThePublishedModel(Preset preset, int weights, int counters, long bytes)
            throws IOException {
        var layout = Layouts.of(config(preset), 1);
        assertEquals(weights, layout.weights().size());
        assertEquals(counters, layout.counters().size());
        long elements = layout.weights().stream().mapToLong(weight -> weight.shape().elements()).sum();
        assertEquals(bytes, elements * Float.BYTES + (long) counters * Long.BYTES);
    }

    private Config config(Preset preset) throws IOException {
        var file = folder.resolve("config.json");
        try (var bytes = Preset.class.getResourceAsStream(preset.id() + "/config.json")) {
            Files.write(file, bytes.readAllBytes());
        }
        return new Config(file.toString(), JsonFile.read(file));
    }

    @Test
    void theVocabularyHasTheSizeAndTheSpecialTokensOfBert() {
        var tokens = Vocabulary.madeUp();
        assertEquals(30_522, tokens.size());
        assertEquals(30_522, new HashSet<>(tokens).size());
        var special = Map.of(0, "[PAD]", 100, "[UNK]", 101, "[CLS]", 102, "[SEP]", 103, "[MASK]", 999, "!");
        special.forEach((id, token) -> assertEquals(token, tokens.get(id)));
        assertTrue(tokens.containsAll(List.of("a", "##a", "ba", "##zu", "baba")));
    }

    @Test
    void aPresetThatDoesNotExistIsRefusedWithTheNamesOfThoseThatDo() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Preset.of("align-large"));
        assertEquals("there is no preset \"align-large\"; there are vit-large-patch16-384, align-base, "
                + "all-minilm-l6-v2",
                refusal.getMessage());
    }
}
