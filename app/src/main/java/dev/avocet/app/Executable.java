// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

/** A command, whose fields picocli has filled. */
interface Executable {
    /** All went well. */
    int OK = 0;
    /** The command, or a part of it, failed. */
    int FAILED = 1;
    /** The command line was wrong. */
    int USAGE = 2;

    /** Does the work; returns the exit code. */
    int run();
}
