// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core;

/**
 * A thread was interrupted while its call waited for its turn; nothing of the call was computed, and the thread's
 * interrupt status is set again.
 */
public final class InterruptedCallException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** An interruption while waiting for something; sets the thread's interrupt status. */
    public InterruptedCallException(String waitedFor, InterruptedException cause) {
        super("interrupted while waiting for " + waitedFor, cause);
        Thread.currentThread().interrupt();
    }
}
