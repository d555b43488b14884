// SPDX-License-Identifier: Apache-2.0
package dev.avocet.pipelines;

/**
 * How a model is loaded.
 *
 * @param maxBatch how many pictures or texts are computed at once at most; longer lists are split. Bounds the memory of
 *     a call
 */
public record LoadOptions(int maxBatch) {
    /** Refuses numbers below 1. */
    public LoadOptions {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch must be positive, not " + maxBatch);
        }
    }

    /** Batches of at most 8. */
    public static LoadOptions defaults() {
        return new LoadOptions(8);
    }

    /** The same with another largest batch. */
    public LoadOptions withMaxBatch(int count) {
        return new LoadOptions(count);
    }
}
