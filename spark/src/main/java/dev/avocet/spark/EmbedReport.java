// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * What an output has, counted there: tasks that ran twice don't count twice.
 *
 * @param devices how many rows each device made; more than one means that vectors of equal pictures may differ in their
 *     last bits
 * @param reasons of what failed, the most frequent ones
 */
public record EmbedReport(long rows, long embedded, long failed, String model, SequencedMap<String, Long> devices,
        SequencedMap<String, Long> reasons) {
    private static final String FILE = "_avocet.json";
    private static final int REASONS = 10;

    static EmbedReport of(SparkSession spark, String output, String model) {
        var result = spark.read().parquet(output);
        var devices = new LinkedHashMap<String, Long>();
        long rows = 0;
        long embedded = 0;
        var counts = result.groupBy("embedding_device")
                .agg(functions.count("*"), functions.count("embedding"))
                .orderBy("embedding_device")
                .collectAsList();
        for (var row : counts) {
            devices.put(row.getString(0), row.getLong(1));
            rows += row.getLong(1);
            embedded += row.getLong(2);
        }
        var reasons = new LinkedHashMap<String, Long>();
        if (embedded < rows) {
            result.filter("embedding is null").groupBy("embedding_error").count()
                    .orderBy(functions.desc("count"), functions.col("embedding_error"))
                    .limit(REASONS)
                    .collectAsList()
                    .forEach(row -> reasons.put(row.getString(0), row.getLong(1)));
        }
        return new EmbedReport(rows, embedded, rows - embedded, model, devices, reasons);
    }

    /** As one object, in one line. */
    String json() {
        try {
            return new ObjectMapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Puts it beside the output, under a name that readers of parquet pass over. */
    void write(SparkSession spark, String output) {
        var path = new Path(output, FILE);
        try (var out = path.getFileSystem(spark.sessionState().newHadoopConf()).create(path, true)) {
            out.write((json() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AvocetException(path + " can't be written: " + e.getMessage(), e);
        }
    }
}
