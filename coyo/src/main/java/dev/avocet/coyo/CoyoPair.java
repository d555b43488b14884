// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo;

import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;

/**
 * A row of COYO-700M: a picture's address, the text beside it, and what was measured of both. What is missing is null.
 *
 * @param id unique, of 64 bits
 * @param url of the picture
 * @param text its alternative text
 * @param width in pixels
 * @param height in pixels
 * @param imagePhash 16 hexadecimal digits
 * @param textLength in characters
 * @param wordCount words between spaces
 * @param numTokensBert BERT's tokens, without those that mark beginning and end
 * @param numTokensGpt GPT-2's tokens
 * @param numFaces faces that SCRFD found
 * @param clipSimilarityVitb32 cosine of CLIP's embeddings of picture and text, by ViT-B/32
 * @param clipSimilarityVitl14 the same by ViT-L/14
 * @param nsfwScoreOpennsfw2 from 0 to 1
 * @param nsfwScoreGantman from 0 to 1
 * @param watermarkScore from 0 to 1
 * @param aestheticScoreLaionV2 from 0 to 10
 */
public record CoyoPair(Long id, String url, String text, Integer width, Integer height, String imagePhash,
        Integer textLength, Integer wordCount, Integer numTokensBert, Integer numTokensGpt, Integer numFaces,
        Double clipSimilarityVitb32, Double clipSimilarityVitl14, Double nsfwScoreOpennsfw2, Double nsfwScoreGantman,
        Double watermarkScore, Double aestheticScoreLaionV2) {
    /** The columns as they are published, in their order. */
    public static final Schema SCHEMA = Schema.of(
            Column.of("id", ValueType.INT64),
            Column.of("url", ValueType.STRING),
            Column.of("text", ValueType.STRING),
            Column.of("width", ValueType.INT32),
            Column.of("height", ValueType.INT32),
            Column.of("image_phash", ValueType.STRING),
            Column.of("text_length", ValueType.INT32),
            Column.of("word_count", ValueType.INT32),
            Column.of("num_tokens_bert", ValueType.INT32),
            Column.of("num_tokens_gpt", ValueType.INT32),
            Column.of("num_faces", ValueType.INT32),
            Column.of("clip_similarity_vitb32", ValueType.DOUBLE),
            Column.of("clip_similarity_vitl14", ValueType.DOUBLE),
            Column.of("nsfw_score_opennsfw2", ValueType.DOUBLE),
            Column.of("nsfw_score_gantman", ValueType.DOUBLE),
            Column.of("watermark_score", ValueType.DOUBLE),
            Column.of("aesthetic_score_laion_v2", ValueType.DOUBLE));

    /** A row that has these columns, whole numbers and scores of either width; throws {@code ParquetException} otherwise. */
    public static CoyoPair of(Row row) {
        var values = new Values(row);
        return new CoyoPair(values.whole("id"), values.text("url"), values.text("text"), values.small("width"),
                values.small("height"), values.text("image_phash"), values.small("text_length"),
                values.small("word_count"), values.small("num_tokens_bert"), values.small("num_tokens_gpt"),
                values.small("num_faces"), values.real("clip_similarity_vitb32"), values.real("clip_similarity_vitl14"),
                values.real("nsfw_score_opennsfw2"), values.real("nsfw_score_gantman"), values.real("watermark_score"),
                values.real("aesthetic_score_laion_v2"));
    }

    /** As {@link #SCHEMA} has it. */
    public Row toRow() {
        return Row.of(SCHEMA, id, url, text, width, height, imagePhash, textLength, wordCount, numTokensBert,
                numTokensGpt, numFaces, clipSimilarityVitb32, clipSimilarityVitl14, nsfwScoreOpennsfw2,
                nsfwScoreGantman,
                watermarkScore, aestheticScoreLaionV2);
    }
}
