// SPDX-License-Identifier: Apache-2.0
package dev.avocet.spark.launch;

/** Which Java runs here, and which Avocet needs. This package is compiled for Java 17, so that an older one can say so. */
final class JavaVersion {
    private static final int NEEDED = 25;

    private JavaVersion() {}

    static boolean isEnough() {
        return Runtime.version().feature() >= NEEDED;
    }

    /** What is wrong, in one line. */
    static String complaint(String who, String remedy) {
        return "Avocet needs Java " + NEEDED + " or newer, and " + who + " runs on Java "
                + Runtime.version().feature() + " (" + System.getProperty("java.home") + "); " + remedy;
    }
}
