// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

import dev.avocet.core.backend.PackedCache;
import dev.avocet.core.backend.Precision;
import java.util.Objects;
import java.util.Optional;

/**
 * How a model is loaded.
 *
 * @param precision how its numbers are kept and multiplied; the CPU has {@link Precision#F32} only
 * @param maxBatch how many pictures or texts are computed at once at most; longer lists are split. Bounds the memory of
 *     a call
 * @param listener who is told of every call
 * @param packedCache a folder where weights are kept as the device lays them out, so that later starts map them in place
 *     of laying them out again; empty unless asked for
 */
public record LoadOptions(
        Precision precision, int maxBatch, ModelListener listener, Optional<PackedCache> packedCache) {
    /** Refuses numbers below 1. */
    public LoadOptions {
        Objects.requireNonNull(precision);
        Objects.requireNonNull(listener);
        Objects.requireNonNull(packedCache);
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch must be positive, not " + maxBatch);
        }
    }

    /** In float, batches of at most 8, nobody listens, nothing kept on the disk. */
    public static LoadOptions defaults() {
        return new LoadOptions(Precision.F32, 8, ModelListener.NONE, Optional.empty());
    }

    /** The same in another precision. */
    public LoadOptions withPrecision(Precision other) {
        return new LoadOptions(other, maxBatch, listener, packedCache);
    }

    /** The same with another largest batch. */
    public LoadOptions withMaxBatch(int count) {
        return new LoadOptions(precision, count, listener, packedCache);
    }

    /** The same with another listener. */
    public LoadOptions withListener(ModelListener other) {
        return new LoadOptions(precision, maxBatch, other, packedCache);
    }

    /** The same with a folder for packed weights, such as {@code PackedCache.in(folder)}. */
    public LoadOptions withPackedCache(PackedCache cache) {
        return new LoadOptions(precision, maxBatch, listener, Optional.of(cache));
    }
}
