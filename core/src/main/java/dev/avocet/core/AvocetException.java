// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core;

/**
 * The root of everything that Avocet throws on purpose: the message says what is wrong, where, and what to do about it.
 *
 * <p>Unchecked, because a caller can rarely repair a bad checkpoint or a missing library where it is noticed.
 */
public class AvocetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** An error that is complete in its own words. */
    public AvocetException(String message) {
        super(message);
    }

    /** An error with the lower-level failure that led to it. */
    public AvocetException(String message, Throwable cause) {
        super(message, cause);
    }
}
