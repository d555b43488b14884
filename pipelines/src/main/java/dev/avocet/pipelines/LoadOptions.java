// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.Precision;
import java.util.Objects;

/**
 * How a model is loaded.
 *
 * @param precision how its numbers are kept and multiplied; the CPU has {@link Precision#F32} only
 * @param maxBatch how many pictures or texts are computed at once at most; longer lists are split. Bounds the memory of
 *     a call
 * @param listener who is told of every call
 */
public record LoadOptions(Precision precision, int maxBatch, ModelListener listener) {
    /** Refuses numbers below 1. */
    public LoadOptions {
        Objects.requireNonNull(precision);
        Objects.requireNonNull(listener);
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch must be positive, not " + maxBatch);
        }
    }

    /** In float, batches of at most 8, nobody listens. */
    public static LoadOptions defaults() {
        return new LoadOptions(Precision.F32, 8, ModelListener.NONE);
    }

    /** The same in another precision. */
    public LoadOptions withPrecision(Precision other) {
        return new LoadOptions(other, maxBatch, listener);
    }

    /** The same with another largest batch. */
    public LoadOptions withMaxBatch(int count) {
        return new LoadOptions(precision, count, listener);
    }

    /** The same with another listener. */
    public LoadOptions withListener(ModelListener other) {
        return new LoadOptions(precision, maxBatch, other);
    }
}
