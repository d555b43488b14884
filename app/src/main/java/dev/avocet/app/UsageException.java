// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

/** The command line itself is wrong, in a way that only the command can see. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
