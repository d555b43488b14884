// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark;

import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.loader.hub.Hub;
import dev.avocet.models.BundledModels;
import dev.avocet.pipelines.Align;
import dev.avocet.pipelines.LoadOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkFiles;

/**
 * The model on its device, one for all tasks of an executor's process: the only state here that outlives a task.
 *
 * @param device on what results depend: {@code cpu: linux-x86_64 v4}
 */
public record Engine(Align align, String device) {
    /** The archive that a shipped model comes in. */
    static final String SHIPPED = "avocet-model";

    private record Key(String model, boolean isShipped, String device, int threads, int batch) {}

    private static final Map<Key, Engine> OPEN = new HashMap<>();

    /** The engine for a task; the first task of a process opens it. */
    static Engine of(EmbedSettings settings) {
        var key = new Key(settings.model(), settings.isShipped(), settings.device(), settings.threads(),
                settings.batch());
        synchronized (OPEN) {
            return OPEN.computeIfAbsent(key, Engine::open);
        }
    }

    private static Engine open(Key key) {
        var options = key.threads() == 0 ? DeviceOptions.defaults() : DeviceOptions.ofThreads(key.threads());
        // Models keep the device for as long as they are open.
        try (var device = Device.firstOf(options, key.device())) {
            var load = LoadOptions.defaults().withMaxBatch(key.batch());
            var description = device.description();
            return new Engine(Align.load(folder(key), device, load),
                    description.substring(0, (description + ",").indexOf(',')));
        }
    }

    private static Path folder(Key key) {
        return key.isShipped() ? Path.of(SparkFiles.get(SHIPPED)) : folder(key.model());
    }

    /** A folder, a bundled model, or one of the hub, which is downloaded where this machine's cache lacks it. */
    static Path folder(String model) {
        var path = Path.of(model);
        if (Files.isDirectory(path) || model.startsWith("/") || model.startsWith(".")) {
            return path;
        }
        return BundledModels.names().contains(model) ? BundledModels.folder(model) : Hub.fromEnv().model(model);
    }

    /** How many are open. */
    static int count() {
        synchronized (OPEN) {
            return OPEN.size();
        }
    }

    /** Closes what is open, after the last task. */
    public static void closeAll() {
        synchronized (OPEN) {
            OPEN.values().forEach(engine -> engine.align().close());
            OPEN.clear();
        }
    }
}
