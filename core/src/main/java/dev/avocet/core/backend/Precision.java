// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.backend;

import dev.avocet.core.tensor.DType;
import java.util.Locale;

/** How a model's numbers are kept and multiplied on a device; sums are in float everywhere, inputs and results are F32. */
public enum Precision {
    /** Weights and activations in float, every product in float. */
    F32(DType.F32),
    /** Kept in float; products read their factors with 10 bits of mantissa, which NVIDIA calls TF32. */
    TF32(DType.F32),
    /** Kept and multiplied in IEEE half precision. */
    F16(DType.F16),
    /** Kept and multiplied in bfloat16. */
    BF16(DType.BF16);

    private final DType storage;

    Precision(DType storage) {
        this.storage = storage;
    }

    /** The type that weights and activations are kept in. */
    public DType storage() {
        return storage;
    }

    /**
     * For backends that know no other.
     *
     * @throws BackendUnavailable unless this is {@link #F32}
     */
    public void requireF32(String device) {
        if (this != F32) {
            throw new BackendUnavailable("the device " + device + " computes in f32 only, not in "
                    + name().toLowerCase(Locale.ROOT) + "; ask for f32, or for a CUDA device");
        }
    }
}
