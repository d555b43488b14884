// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What spark-submit runs: embeds pictures, and tells what became of them. */
@Command(
        name = "avocet-spark",
        mixinStandardHelpOptions = true,
        header = "Embed pictures with ALIGN on Apache Spark.",
        description = {
            "",
            "Writes parquet with a row for each picture: what the input said of it, and embedding, embedding_error,",
            "embedding_model and embedding_device. A picture that can't be embedded is a row with an error.",
            ""})
public final class EmbedCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "INPUT",
            description = "Folders of pictures, or parquet files or folders of such with pictures, paths or addresses in them.")
    private List<String> inputs;

    @Option(names = "--output", paramLabel = "FOLDER", required = true, description = "Where to write parquet to.")
    private String output;

    @Option(names = "--overwrite", description = "Replace an output that is there.")
    private boolean overwrite;

    @Option(names = "--model", paramLabel = "MODEL", required = true,
            description = "An ALIGN: a folder that every executor has, a name on the hub, or tiny-align.")
    private String model;

    @Option(names = "--ship-model", description = "Send the driver's folder with the model to the executors.")
    private boolean shipped;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = EmbedSettings.ANY_TIER,
            description = "Where to compute: cpu, or cpu:baseline, cpu:v3 or cpu:v4 for the same bits on machines that "
                    + "differ. Default: cpu.")
    private String device;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
            description = "Threads of an executor's engine. Default: spark.executor.cores, or one per processor.")
    private int threads;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "8",
            description = "Pictures that a task embeds at once. Default: 8.")
    private int batch;

    @Option(names = "--image-column", paramLabel = "NAME",
            description = "The column with bytes, paths or addresses. Default: the first one with a known name.")
    private String column;

    @Option(names = "--partitions", paramLabel = "N",
            description = "Spread the rows over so many tasks, where the input's files are too few or too large.")
    private Integer partitions;

    @Option(names = "--private-addresses", description = "Also fetch pictures from one's own network.")
    private boolean privateAddresses;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    /** picocli makes it. */
    private EmbedCommand() {}

    /** The process's entry, behind {@link dev.avocet.spark.launch.Main}. */
    public static void main(String[] args) {
        int code = new CommandLine(new EmbedCommand()).setExpandAtFiles(false)
                .setExecutionExceptionHandler(EmbedCommand::failed).execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (e instanceof AvocetException || e instanceof SparkException || e instanceof AnalysisException) {
            command.getErr().println("avocet: " + FailedTask.reason(e));
            return 1;
        }
        throw e;
    }

    @Override
    public Integer call() throws IOException {
        if (batch < 1 || threads < 0 || partitions != null && partitions < 1) {
            throw new AvocetException("--batch and --partitions begin at 1, --threads at 0");
        }
        var builder = EmbedJob.configure(SparkSession.builder().appName("avocet-embed"));
        if (System.getProperty("spark.master") == null) {
            builder.master("local[*]");
        }
        var archive = shipped ? ShippedModel.pack(Path.of(model)) : null;
        try (archive; var spark = (archive == null ? builder : archive.configure(builder)).getOrCreate()) {
            var rows = EmbedJob.read(spark, inputs);
            var settings = new EmbedSettings(model, shipped, device, threads(spark), batch, privateAddresses,
                    EmbedJob.column(rows, column));
            report(EmbedJob.run(partitions == null ? rows : rows.repartition(partitions), settings, output, overwrite));
        }
        return 0;
    }

    private int threads(SparkSession spark) {
        if (threads > 0) {
            return threads;
        }
        var context = spark.sparkContext();
        int perExecutor = context.getConf().getInt("spark.executor.cores", 0);
        return context.isLocal() ? context.defaultParallelism() : perExecutor;
    }

    private void report(EmbedReport report) {
        if (json) {
            System.out.println(report.json());
            return;
        }
        System.out.println(output + ": " + report.rows() + " rows, " + report.embedded() + " embedded, "
                + report.failed() + " failed");
        report.reasons().forEach((reason, count) -> System.out.println("  " + count + " x " + reason));
        report.devices().forEach((name, count) -> System.out.println("  " + count + " rows by " + name));
        if (report.devices().size() > 1) {
            System.out.println("  several devices: to have the same bits from all, name a tier that each of them has,"
                    + " such as --device cpu:v3");
        }
    }
}
