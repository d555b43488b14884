// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

/** What a value is, and in Java. */
public enum ValueType {
    /** {@link Boolean}. */
    BOOLEAN,
    /** {@link Integer}; a list is {@code int[]}. */
    INT32,
    /** {@link Long}; a list is {@code long[]}. */
    INT64,
    /** {@link Float}; a list is {@code float[]}. */
    FLOAT,
    /** {@link Double}; a list is {@code double[]}. */
    DOUBLE,
    /** {@link String}; a list is {@code String[]}. */
    STRING,
    /** {@code byte[]}. */
    BINARY;

    /** Whether it can be compared with a number. */
    public boolean isNumber() {
        return switch (this) {
            case INT32, INT64, FLOAT, DOUBLE -> true;
            case BOOLEAN, STRING, BINARY -> false;
        };
    }
}
