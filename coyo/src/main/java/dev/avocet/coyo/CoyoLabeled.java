// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo;

import dev.avocet.coyo.parquet.Column;
import dev.avocet.coyo.parquet.Row;
import dev.avocet.coyo.parquet.Schema;
import dev.avocet.coyo.parquet.ValueType;

/**
 * A row of COYO-Labeled-300M: a picture's address and the classes that a machine gave it. What is missing is null.
 *
 * @param id unique, of 64 bits
 * @param url of the picture
 * @param imagehash the picture's perceptual hash
 * @param labels the 50 most likely of ImageNet-21k's 21,841 classes
 * @param labelProbs their probabilities, in the order of the labels
 * @param width in pixels
 * @param height in pixels
 */
public record CoyoLabeled(Long id, String url, String imagehash, int[] labels, float[] labelProbs, Integer width,
        Integer height) {
    /** The columns as they are published, in their order. */
    public static final Schema SCHEMA = Schema.of(
            Column.of("id", ValueType.INT64),
            Column.of("url", ValueType.STRING),
            Column.of("imagehash", ValueType.STRING),
            Column.listOf("labels", ValueType.INT32),
            Column.listOf("label_probs", ValueType.FLOAT),
            Column.of("width", ValueType.INT32),
            Column.of("height", ValueType.INT32));

    /** A row that has these columns, numbers of either width; throws {@code ParquetException} otherwise. */
    public static CoyoLabeled of(Row row) {
        var values = new Values(row);
        return new CoyoLabeled(values.whole("id"), values.text("url"), values.text("imagehash"),
                values.labels("labels"),
                values.probabilities("label_probs"), values.small("width"), values.small("height"));
    }

    /** As {@link #SCHEMA} has it. */
    public Row toRow() {
        return Row.of(SCHEMA, id, url, imagehash, labels, labelProbs, width, height);
    }
}
