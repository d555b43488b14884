// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.tensor;

import dev.avocet.core.AvocetException;

/**
 * Shapes or types that do not fit together: names the operation, the place in the model and what was wanted and found.
 */
public final class ShapeException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** An error that is complete in its own words. */
    public ShapeException(String message) {
        super(message);
    }
}
