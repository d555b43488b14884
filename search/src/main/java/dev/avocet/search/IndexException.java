// SPDX-License-Identifier: Apache-2.0
package dev.avocet.search;

import dev.avocet.core.AvocetException;

/** An index that can't be used; says which, why not, and what to do. */
public final class IndexException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** Why not. */
    public enum Reason {
        /** There is none at this place, or something else. */
        NO_INDEX,
        /** Another model made it, and vectors of two models can't be compared. */
        OTHER_MODEL,
        /** Another process is writing to it. */
        IN_USE,
        /** It was made with other settings than those asked for. */
        OTHER_SETTINGS,
        /** Its files are not what they were when they were written. */
        DAMAGED,
        /** Its files can't be written: the disk or the permissions. */
        NOT_WRITABLE
    }

    private final Reason reason;

    IndexException(Reason reason, String message) {
        this(reason, message, null);
    }

    IndexException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why not. */
    public Reason reason() {
        return reason;
    }
}
