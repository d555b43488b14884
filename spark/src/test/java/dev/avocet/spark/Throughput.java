// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.loader.image.Image;
import dev.avocet.pipelines.Align;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How much of the engine's speed the job has, run by {@code bench/spark}: the engine alone on pictures that are decoded
 * already, and the job with two tasks on the same pictures as JPEGs, by turns in one process, each after a warm-up.
 */
public final class Throughput {
    private static final int THREADS = 2;
    private static final int BATCH = 8;
    private static final int PARTITIONS = 4;

    private final Path model;
    private final List<Path> files;
    private final Path folder;

    private Throughput(Path model, int pictures) throws IOException {
        this.model = model;
        this.folder = Files.createTempDirectory("avocet-throughput");
        try (var samples = Files.list(Outputs.SAMPLES)) {
            var jpegs = samples.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
            this.files = IntStream.range(0, pictures).mapToObj(i -> jpegs.get(i % jpegs.size())).toList();
        }
    }

    /** Arguments: the model's folder, how many pictures, how many rounds. */
    public static void main(String[] args) throws IOException {
        new Throughput(Path.of(args[0]), Integer.parseInt(args[1])).run(Integer.parseInt(args[2]));
    }

    private void run(int rounds) throws IOException {
        var images = files.stream().map(Image::read).toList();
        try (var device = Device.firstOf(DeviceOptions.ofThreads(THREADS), "cpu");
                var align = Align.load(model, device);
                var spark = EmbedJob.configure(SparkSession.builder()).master("local[" + THREADS + "]")
                        .config("spark.ui.enabled", "false").config("spark.driver.host", "localhost").getOrCreate()) {
            spark.sparkContext().setLogLevel("ERROR");
            align.embedImages(images.subList(0, BATCH));
            job(spark, files.subList(0, 2 * BATCH), "warm");
            var ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                double engine = perSecond(() -> align.embedImages(images));
                var name = "round" + round;
                double job = perSecond(() -> job(spark, files, name));
                ratios[round] = 100 * job / engine;
                System.out.printf(Locale.ROOT, "engine %.2f pictures/s, job %.2f pictures/s: %.1f %%%n", engine, job,
                        ratios[round]);
            }
            Arrays.sort(ratios);
            System.out.printf(Locale.ROOT, "median %.1f %%%n", ratios[rounds / 2]);
        }
    }

    private double perSecond(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return files.size() / ((System.nanoTime() - start) / 1e9);
    }

    private void job(SparkSession spark, List<Path> pictures, String name) {
        var schema = new StructType().add("path", DataTypes.StringType);
        var rows = new ArrayList<org.apache.spark.sql.Row>();
        pictures.forEach(file -> rows.add(RowFactory.create(file.toAbsolutePath().toString())));
        var input = spark.createDataFrame(rows, schema).repartition(PARTITIONS);
        var settings = new EmbedSettings(model.toString(), false, "cpu", THREADS, BATCH, false,
                EmbedJob.column(input, null));
        // Counting and reporting take the same few seconds for millions of rows.
        EmbedJob.embed(input, settings).write().parquet(folder.resolve(name).toString());
    }
}
