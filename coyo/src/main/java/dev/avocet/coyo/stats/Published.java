// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.stats;

import dev.avocet.coyo.parquet.Schema;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is published of COYO-700M's columns: the mean, the least and the greatest value. Whatever is outside was not in COYO, or was
 * damaged since.
 */
public final class Published {
    /** The rows of COYO-700M. */
    public static final long ROWS = 746_972_269;

    /** A column's published values. */
    public record Range(double mean, double smallest, double largest) {
        /** Half of the last published digit: values are rounded to six. */
        private static final double ROUNDING = 5e-7;

        /** Whether a value can be one of COYO's. */
        public boolean holds(double value) {
            return value >= smallest - ROUNDING && value <= largest + ROUNDING;
        }
    }

    /** Each column of numbers that has been published. */
    public static final Map<String, Range> RANGES = ranges();

    private Published() {}

    private static Map<String, Range> ranges() {
        var ranges = new LinkedHashMap<String, Range>();
        ranges.put("width", new Range(621.78, 200, 21449));
        ranges.put("height", new Range(540.99, 200, 22507));
        ranges.put("text_length", new Range(68.53, 6, 1000));
        ranges.put("word_count", new Range(11.13, 3, 323));
        ranges.put("num_tokens_bert", new Range(15.75, 1, 811));
        ranges.put("num_tokens_gpt", new Range(17.24, 3, 1523));
        ranges.put("num_faces", new Range(0.6, 0, 736));
        ranges.put("watermark_score", new Range(0.178544, 0, 1));
        ranges.put("clip_similarity_vitb32", new Range(0.291266, -0.080871, 0.591796));
        ranges.put("clip_similarity_vitl14", new Range(0.254632, -0.176269, 0.581542));
        ranges.put("aesthetic_score_laion_v2", new Range(4.769132, 1.171712, 8.082607));
        ranges.put("nsfw_score_opennsfw2", new Range(0.012903, 0, 0.499755));
        return Collections.unmodifiableMap(ranges);
    }

    /** Whether columns are those of COYO-700M, perhaps with others. */
    public static boolean isCoyo(Schema schema) {
        return schema.has("clip_similarity_vitb32") && schema.has("watermark_score") && schema.has("num_tokens_bert");
    }
}
