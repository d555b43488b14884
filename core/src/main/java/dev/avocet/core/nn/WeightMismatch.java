// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.nn;

import dev.avocet.core.AvocetException;

/**
 * A checkpoint and the model that its configuration describes don't fit: a tensor is missing, left over or of another
 * shape.
 */
public final class WeightMismatch extends AvocetException {
    private static final long serialVersionUID = 1;

    /** An error that is complete in its own words. */
    public WeightMismatch(String message) {
        super(message);
    }
}
