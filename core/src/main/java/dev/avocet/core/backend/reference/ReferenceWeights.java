// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend.reference;

import dev.avocet.core.tensor.Weight;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

/** One model's weights as arrays on the heap, each read at its first use. */
final class ReferenceWeights {
    private final Map<Weight, float[]> values = Collections.synchronizedMap(new IdentityHashMap<>());

    /** The weight's elements, or null for no weight. */
    float[] of(Weight weight) {
        return weight == null ? null : values.computeIfAbsent(weight, ReferenceWeights::load);
    }

    private static float[] load(Weight weight) {
        var loaded = weight.toFloats();
        weight.release();
        return loaded;
    }

    long bytes() {
        synchronized (values) {
            return values.values().stream().mapToLong(array -> 4L * array.length).sum();
        }
    }

    void clear() {
        values.clear();
    }
}
