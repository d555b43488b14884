// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.AvocetException;

/** A device that was asked for can't be used here; says why, and which package, flag or setting would change that. */
public final class BackendUnavailable extends AvocetException {
    private static final long serialVersionUID = 1;

    /** A refusal that is complete in its own words. */
    public BackendUnavailable(String message) {
        super(message);
    }

    /** A refusal with the lower-level failure that led to it. */
    public BackendUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
