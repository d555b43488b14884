// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.avocet.coyo.stats.DatasetStatistics;
import dev.avocet.coyo.stats.Published;
import dev.avocet.loader.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The nine rows of COYO-700M that have been published. */
class PublishedRowsTest {
    private static final Path ROWS = Path.of("src/test/resources/coyo/rows.jsonl");
    private static final Path BERT = Path.of("../loader/src/test/resources/bert-vocab");

    private static List<JsonNode> rows() throws IOException {
        var rows = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(ROWS)) {
            rows.add(new ObjectMapper().readTree(line));
        }
        return rows;
    }

    private static CoyoPair pair(JsonNode row) {
        return new CoyoPair(row.get("id").asLong(), row.get("url").asText(), row.get("text").asText(),
                row.get("width").asInt(),
                row.get("height").asInt(), row.get("image_phash").asText(), row.get("text_length").asInt(),
                row.get("word_count").asInt(), row.get("num_tokens_bert").asInt(), row.get("num_tokens_gpt").asInt(),
                row.get("num_faces").asInt(), row.get("clip_similarity_vitb32").asDouble(),
                row.get("clip_similarity_vitl14").asDouble(), row.get("nsfw_score_opennsfw2").asDouble(),
                row.get("nsfw_score_gantman").asDouble(), row.get("watermark_score").asDouble(),
                row.get("aesthetic_score_laion_v2").asDouble());
    }

    @Test
    void theirTokensAreOursWithoutThoseThatMarkTheEnds() throws IOException {
        var tokenizer = Tokenizer.load(BERT);
        assertEquals(9, rows().size());
        for (var row : rows()) {
            int tokens = tokenizer.countTokens(row.get("text").asText());
            assertEquals(row.get("num_tokens_bert").asInt(), tokens, row.get("text").asText());
        }
    }

    @Test
    void theirLengthsAreCharacters() throws IOException {
        for (var row : rows()) {
            var text = row.get("text").asText();
            assertEquals(row.get("text_length").asInt(), text.codePointCount(0, text.length()));
        }
    }

    @Test
    void theyAreWithinWhatIsPublished() throws IOException {
        var statistics = new DatasetStatistics(CoyoPair.SCHEMA);
        for (var row : rows()) {
            statistics.add(pair(row).toRow());
        }
        assertTrue(statistics.isChecked());
        assertEquals(0, statistics.doubtful());
        statistics.add(CoyoFiles.pair(3, 1));
        assertEquals(1, statistics.doubtful());
        assertEquals(12, Published.RANGES.size());
    }
}
