// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/** A request that failed in a way that may be over soon. */
final class TransientFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final HubException error;
    private final transient Optional<Duration> wanted;

    TransientFailure(HubException error, Optional<Duration> wanted) {
        super(error);
        this.error = error;
        this.wanted = wanted;
    }

    /** What to tell the caller if it is not over soon. */
    HubException error() {
        return error;
    }

    /** Whether there was not even a connection: in the middle of a download a pause, at its beginning a wrong address. */
    boolean isWithoutConnection() {
        return error.getCause() instanceof ConnectException || error.getCause() instanceof UnknownHostException;
    }

    /** How long the server asks to wait. */
    Optional<Duration> wanted() {
        return wanted;
    }
}
