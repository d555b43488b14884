// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.loader.Pretrained;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a task needs to know, as it travels to the executors.
 *
 * @param model a folder that every executor has, a bundled model, or a name on the hub
 * @param isShipped whether the model is an archive that the driver has added, instead
 * @param device the device's name, such as {@code cpu} or {@code cpu:v3}
 * @param threads of each executor's engine; 0 for as many as processors
 * @param batch pictures that a task embeds at once
 * @param privateAddresses whether pictures may come from addresses of one's own network
 * @param columns which columns of the input are what
 */
public record EmbedSettings(String model, boolean isShipped, String device, int threads, int batch,
        boolean privateAddresses, PictureColumn columns) {
    /** A device on which results are the same bits as on another machine needs its tier named: {@code cpu:v3}. */
    static final String ANY_TIER = "cpu";

    /** What the output calls the model: a folder's name, and others' as they were named. */
    String modelName() {
        var path = Path.of(model);
        return path.isAbsolute() || Files.isDirectory(path) ? Pretrained.name(path) : model;
    }

    Map<String, String> toMap() {
        return Map.of(
                "model", model,
                "shipped", Boolean.toString(isShipped),
                "device", device,
                "threads", Integer.toString(threads),
                "batch", Integer.toString(batch),
                "private", Boolean.toString(privateAddresses),
                "column", columns.name(),
                "kind", columns.kind().name());
    }

    static EmbedSettings of(Map<String, String> map) {
        return new EmbedSettings(map.get("model"), Boolean.parseBoolean(map.get("shipped")), map.get("device"),
                Integer.parseInt(map.get("threads")), Integer.parseInt(map.get("batch")),
                Boolean.parseBoolean(map.get("private")),
                new PictureColumn(map.get("column"), PictureColumn.Kind.valueOf(map.get("kind"))));
    }
}
