// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.eval;

import dev.avocet.core.AvocetException;

/** Pictures, labels or captions that can't be evaluated; says which, why, and what to do. */
public final class EvaluationException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** An error that is complete in its own words. */
    public EvaluationException(String message) {
        super(message);
    }

    /** An error with the lower-level failure that led to it. */
    public EvaluationException(String message, Throwable cause) {
        super(message, cause);
    }
}
