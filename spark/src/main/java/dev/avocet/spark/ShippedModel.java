// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.AvocetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.sql.SparkSession;

/** A model's folder as an archive, which Spark sends to each executor and unpacks there. */
final class ShippedModel implements AutoCloseable {
    private static final String ARCHIVES = "spark.archives";

    private final Path archive;

    private ShippedModel(Path archive) {
        this.archive = archive;
    }

    /** Packs a folder, which the session's executors then fetch when they start. */
    static ShippedModel pack(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new AvocetException(folder + " is no folder of the driver's; --ship-model sends a model's folder");
        }
        try {
            var shipped = new ShippedModel(Files.createTempFile(Engine.SHIPPED, ".zip"));
            shipped.add(folder);
            return shipped;
        } catch (IOException e) {
            throw new AvocetException(folder + " can't be packed: " + e.getMessage(), e);
        }
    }

    /** Not {@code addArchive}, whose archives tasks on other processes do not get. */
    SparkSession.Builder configure(SparkSession.Builder builder) {
        var others = System.getProperty(ARCHIVES);
        return builder.config(ARCHIVES,
                (others == null ? "" : others + ",") + archive.toUri() + "#" + Engine.SHIPPED);
    }

    private void add(Path folder) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (var file : files(folder)) {
                zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(archive);
    }
}
