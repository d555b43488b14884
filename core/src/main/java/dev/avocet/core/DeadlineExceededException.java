// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core;

/** A call's deadline passed before its result was there; what had not begun by then is not computed any more. */
public final class DeadlineExceededException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** Says what was waited for, and how long. */
    public DeadlineExceededException(String message) {
        super(message);
    }
}
