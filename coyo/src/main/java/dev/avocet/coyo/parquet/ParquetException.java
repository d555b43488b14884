// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.core.AvocetException;

/** A parquet file that can't be read or written; says which, why, and what to do. */
public final class ParquetException extends AvocetException {
    private static final long serialVersionUID = 1;

    /** An error that is complete in its own words. */
    public ParquetException(String message) {
        super(message);
    }

    /** An error with the lower-level failure that led to it. */
    public ParquetException(String message, Throwable cause) {
        super(message, cause);
    }
}
