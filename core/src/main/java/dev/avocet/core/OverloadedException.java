// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core;

/**
 * A call was refused at once because too many others are waiting already; nothing of it was computed.
 *
 * <p>The caller may try again later, best after a pause, or pass the refusal on (HTTP 429 or 503).
 */
public final class OverloadedException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** Says what is overloaded, and by how much. */
    public OverloadedException(String message) {
        super(message);
    }
}
