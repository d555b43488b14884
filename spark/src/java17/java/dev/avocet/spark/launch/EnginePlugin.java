// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark.launch;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/** Closes the engine of an executor when the executor ends. */
public final class EnginePlugin implements SparkPlugin {
    @Override
    public DriverPlugin driverPlugin() {
        return null;
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void shutdown() {
                if (JavaVersion.isEnough()) {
                    closeEngines();
                }
            }
        };
    }

    private static void closeEngines() {
        try {
            var loader = Thread.currentThread().getContextClassLoader();
            Class.forName("dev.avocet.spark.Engine", true, loader).getMethod("closeAll").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the engine can't be closed", e);
        }
    }
}
