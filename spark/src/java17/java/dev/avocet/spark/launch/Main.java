// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark.launch;

import java.lang.reflect.InvocationTargetException;

/** What spark-submit starts: the command, if Java is new enough for it. */
public final class Main {
    private Main() {}

    /** The process's entry. */
    public static void main(String[] args) throws ReflectiveOperationException {
        if (!JavaVersion.isEnough()) {
            System.err.println("avocet: " + JavaVersion.complaint("the driver",
                    "set JAVA_HOME to a newer one before spark-submit, and for the executors spark.executorEnv.JAVA_HOME"));
            System.exit(1);
        }
        try {
            Class.forName("dev.avocet.spark.EmbedCommand").getMethod("main", String[].class).invoke(null,
                    (Object) args);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
