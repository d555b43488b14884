// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.fetch;

import dev.avocet.core.AvocetException;
import java.time.Duration;
import java.util.Optional;

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
        TOO_SLOW,
        /** An answer whose headers the caller does not accept. */
        NOT_WANTED
    }

    private final Reason reason;
    private final int status;
    private final Optional<Duration> retryAfter;

    FetchException(Reason reason, String message) {
        this(reason, message, null);
    }

    FetchException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.status = 0;
        this.retryAfter = Optional.empty();
    }

    FetchException(String message, int status, Optional<Duration> retryAfter) {
        super(message);
        this.reason = Reason.BAD_ANSWER;
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** Why not. */
    public Reason reason() {
        return reason;
    }

    /** Whether another try may well succeed: no connection, a slow one, or a server that says so. */
    public boolean isTransient() {
        return switch (reason) {
            case UNREACHABLE, TOO_SLOW -> true;
            case BAD_ANSWER -> status == 408 || status == 425 || status == 429 || status >= 500;
            case REFUSED, TOO_LARGE, NOT_WANTED -> false;
        };
    }

    /** How long the server asks to be left alone. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
