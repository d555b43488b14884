// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.hub;

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

    /** How long the server asks to wait. */
    Optional<Duration> wanted() {
        return wanted;
    }
}
