// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fetch;

import dev.avocet.core.AvocetException;

/** A URL that can't be fetched; says which, why not, and what to do. */
public final class FetchException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** Why not. */
    public enum Reason {
        /** Not http or https, or an address that is not public. */
        REFUSED,
        /** No answer. */
        UNREACHABLE,
        /** An answer other than the content. */
        BAD_ANSWER,
        /** More bytes than are allowed. */
        TOO_LARGE,
        /** A transfer that took too long. */
        TOO_SLOW
    }

    private final Reason reason;

    FetchException(Reason reason, String message) {
        this(reason, message, null);
    }

    FetchException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why not. */
    public Reason reason() {
        return reason;
    }
}
