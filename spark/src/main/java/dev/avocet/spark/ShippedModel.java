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
    private final Path archive;

    private ShippedModel(Path archive) {
        this.archive = archive;
    }

    static ShippedModel add(SparkSession spark, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new AvocetException(folder + " is no folder of the driver's; --ship-model sends a model's folder");
        }
        try {
            var shipped = new ShippedModel(Files.createTempFile(Engine.SHIPPED, ".zip"));
            shipped.pack(folder);
            spark.sparkContext().addArchive(shipped.archive.toUri() + "#" + Engine.SHIPPED);
            return shipped;
        } catch (IOException e) {
            throw new AvocetException(folder + " can't be packed: " + e.getMessage(), e);
        }
    }

    private void pack(Path folder) throws IOException {
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
