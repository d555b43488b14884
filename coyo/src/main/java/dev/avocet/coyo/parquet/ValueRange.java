// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** What a chunk's values lie between, and how many are missing; numbers alone, and never NaN, by parquet's rules. */
final class ValueRange {
    private final Column column;
    private double smallest;
    private double largest;
    private long smallestWhole;
    private long largestWhole;
    private boolean isKnown;
    private boolean hasNan;
    private long missing;

    ValueRange(Column column) {
        this.column = column;
        clear();
    }

    ValueRange copy() {
        var copy = new ValueRange(column);
        copy.smallest = smallest;
        copy.largest = largest;
        copy.smallestWhole = smallestWhole;
        copy.largestWhole = largestWhole;
        copy.isKnown = isKnown;
        copy.hasNan = hasNan;
        copy.missing = missing;
        return copy;
    }

    void clear() {
        smallest = Double.POSITIVE_INFINITY;
        largest = Double.NEGATIVE_INFINITY;
        smallestWhole = Long.MAX_VALUE;
        largestWhole = Long.MIN_VALUE;
        isKnown = false;
        hasNan = false;
        missing = 0;
    }

    void add(long value) {
        smallestWhole = Math.min(smallestWhole, value);
        largestWhole = Math.max(largestWhole, value);
        isKnown = true;
    }

    void add(double value) {
        if (Double.isNaN(value)) {
            hasNan = true;
            return;
        }
        smallest = Math.min(smallest, value);
        largest = Math.max(largest, value);
        isKnown = true;
    }

    void addMissing() {
        missing++;
    }

    long missing() {
        return missing;
    }

    /** Whether it says something; a range beside which there are NaN is kept to oneself, since readers differ. */
    boolean isKnown() {
        return isKnown && !hasNan;
    }

    byte[] smallest() {
        return bytes(smallest == 0 ? -0.0 : smallest, smallestWhole);
    }

    byte[] largest() {
        return bytes(largest == 0 ? 0.0 : largest, largestWhole);
    }

    private byte[] bytes(double real, long whole) {
        var little = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        switch (column.type()) {
            case INT32 -> little.putInt((int) whole);
            case INT64 -> little.putLong(whole);
            case FLOAT -> little.putFloat((float) real);
            default -> little.putDouble(real);
        }
        return Arrays.copyOf(little.array(), little.position());
    }
}
