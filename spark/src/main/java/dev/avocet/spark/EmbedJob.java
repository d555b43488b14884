// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.AvocetException;
import dev.avocet.loader.image.PictureFiles;
import dev.avocet.spark.launch.EmbedPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Data sets of pictures, and the same with their embeddings. */
public final class EmbedJob {
    /** The columns that are added. */
    private static final List<StructField> ADDED = List.of(
            DataTypes.createStructField("embedding", DataTypes.createArrayType(DataTypes.FloatType, false), true),
            DataTypes.createStructField("embedding_error", DataTypes.StringType, true),
            DataTypes.createStructField("embedding_model", DataTypes.StringType, false),
            DataTypes.createStructField("embedding_device", DataTypes.StringType, false));

    /** Rows with pictures in them are large, and Spark reads this many at once where nobody says otherwise: 4096. */
    private static final String ROWS_READ = "spark.sql.parquet.columnarReaderBatchSize";

    private EmbedJob() {}

    /**
     * The settings that a session needs: each task's output counts once, and the engine is closed with its executor.
     */
    public static SparkSession.Builder configure(SparkSession.Builder builder) {
        return builder
                .config("spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "1")
                .config("spark.plugins", "dev.avocet.spark.launch.EnginePlugin")
                .config(ROWS_READ, "64");
    }

    /** The pictures of folders, with those in them, or the rows of parquet files and folders of such. */
    public static Dataset<Row> read(SparkSession spark, List<String> inputs) {
        var paths = inputs.toArray(String[]::new);
        long parquet = inputs.stream().filter(input -> isParquet(spark, input)).count();
        if (parquet == paths.length) {
            return spark.read().parquet(paths);
        }
        if (parquet > 0) {
            throw new AvocetException("some inputs are parquet, others folders of pictures; give one kind at a time");
        }
        var endings = PictureFiles.ENDINGS.stream()
                .flatMap(ending -> Stream.of(ending, ending.toUpperCase(Locale.ROOT)))
                .collect(Collectors.joining(","));
        // The content is left to the tasks: a file that can't be read is then a row's error, and not the job's.
        return spark.read().format("binaryFile")
                .option("recursiveFileLookup", "true")
                .option("pathGlobFilter", "*.{" + endings + "}")
                .load(paths)
                .select("path", "length", "modificationTime");
    }

    private static boolean isParquet(SparkSession spark, String input) {
        var path = new Path(input);
        try {
            var files = path.getFileSystem(spark.sessionState().newHadoopConf());
            var found = files.globStatus(path);
            if (found == null || found.length == 0) {
                throw new AvocetException(input + " does not exist; check the path");
            }
            for (var each : found) {
                if (isParquet(each.getPath()) || each.isDirectory() && hasParquet(files, each.getPath())) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new AvocetException(input + " can't be read: " + e.getMessage(), e);
        }
    }

    private static boolean hasParquet(FileSystem files, Path folder) throws IOException {
        return Arrays.stream(files.listStatus(folder)).anyMatch(each -> isParquet(each.getPath()));
    }

    private static boolean isParquet(Path path) {
        return path.getName().endsWith(".parquet");
    }

    /** Which column has the pictures; a name, or null to find it. */
    public static PictureColumn column(Dataset<Row> rows, String name) {
        return PictureColumn.of(rows.schema(), java.util.Optional.ofNullable(name));
    }

    /**
     * A row for each row: all columns but the pictures' bytes, {@code embedding}, which is null where
     * {@code embedding_error} says why, {@code embedding_model} and {@code embedding_device}.
     */
    public static Dataset<Row> embed(Dataset<Row> rows, EmbedSettings settings) {
        var schema = schema(rows.schema(), settings.columns());
        return rows.mapPartitions(
                new EmbedPartition(RowEmbedder.class.getName(), settings.toMap()), Encoders.row(schema));
    }

    private static StructType schema(StructType input, PictureColumn column) {
        var fields = new ArrayList<StructField>();
        for (var field : input.fields()) {
            if (ADDED.stream().anyMatch(added -> added.name().equalsIgnoreCase(field.name()))) {
                throw new AvocetException("the input has a column " + field.name()
                        + " already, which would hold the result; rename or drop it");
            }
            if (column.kind() == PictureColumn.Kind.PLACE || !field.name().equals(column.name())) {
                fields.add(field);
            }
        }
        fields.addAll(ADDED);
        return DataTypes.createStructType(fields);
    }

    /**
     * Embeds and writes parquet; tells what the output has.
     *
     * @throws AvocetException where there is an output already, or it has another number of rows than the input
     */
    public static EmbedReport run(Dataset<Row> rows, EmbedSettings settings, String output, boolean overwrite) {
        requireNew(rows.sparkSession(), output, overwrite);
        long wanted = rows.count();
        embed(rows, settings).write().mode(overwrite ? SaveMode.Overwrite : SaveMode.ErrorIfExists).parquet(output);
        var report = EmbedReport.of(rows.sparkSession(), output, settings.model());
        if (report.rows() != wanted) {
            throw new AvocetException(output + " has " + report.rows() + " rows, and the input " + wanted
                    + ": did the input change meanwhile? Run the job again with --overwrite");
        }
        report.write(rows.sparkSession(), output);
        return report;
    }

    private static void requireNew(SparkSession spark, String output, boolean overwrite) {
        var path = new Path(output);
        try {
            if (!overwrite && path.getFileSystem(spark.sessionState().newHadoopConf()).exists(path)) {
                throw new AvocetException(output + " exists already; name another folder, or pass --overwrite");
            }
        } catch (IOException e) {
            throw new AvocetException(output + " can't be written: " + e.getMessage(), e);
        }
    }
}
