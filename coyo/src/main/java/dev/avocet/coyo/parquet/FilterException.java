// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import dev.avocet.core.AvocetException;

/** A filter that can't be understood, or not be applied to these columns; says where it is wrong. */
public final class FilterException extends AvocetException {
    private static final long serialVersionUID = 1;

    private final int column;

    FilterException(int column, String message) {
        super("the filter is wrong at its column " + column + ": " + message);
        this.column = column;
    }

    /** Where, counted from 1 in characters of the filter. */
    public int column() {
        return column;
    }
}
