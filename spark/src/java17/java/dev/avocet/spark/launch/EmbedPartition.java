// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark.launch;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * The task that is sent to executors: checks their Java before anything is loaded that needs it, and hands over.
 */
public final class EmbedPartition implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    private final String className;
    private final HashMap<String, String> settings;

    /** A task of a {@link PartitionFunction} with a constructor of no arguments. */
    public EmbedPartition(String className, Map<String, String> settings) {
        this.className = className;
        this.settings = new HashMap<>(settings);
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) throws ReflectiveOperationException {
        if (!JavaVersion.isEnough()) {
            throw new IllegalStateException(JavaVersion.complaint("an executor",
                    "set spark.executorEnv.JAVA_HOME, or take an image that has it"));
        }
        var loader = Thread.currentThread().getContextClassLoader();
        var function = Class.forName(className, true, loader).getDeclaredConstructor().newInstance();
        return ((PartitionFunction) function).apply(rows, settings);
    }
}
