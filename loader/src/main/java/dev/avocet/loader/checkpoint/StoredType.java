// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import dev.avocet.core.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * The element types of the safetensors format under the names that its headers use, in the order by which the format's
 * own writer sorts (safetensors 0.8.0); the engine computes with some of them.
 */
public enum StoredType {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8, DType.U8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16, DType.F16),
    BF16(16, DType.BF16),
    I32(32, DType.I32),
    U32(32),
    F32(32, DType.F32),
    /** Two 32-bit floats: the real and the imaginary part. */
    C64(64),
    F64(64, DType.F64),
    I64(64, DType.I64),
    U64(64);

    private static final List<StoredType> ALL = List.of(values());

    private final int bits;
    private final Optional<DType> dtype;

    StoredType(int bits) {
        this.bits = bits;
        this.dtype = Optional.empty();
    }

    StoredType(int bits, DType dtype) {
        this.bits = bits;
        this.dtype = Optional.of(dtype);
    }

    /** The size of one element in bits; elements smaller than a byte are packed without gaps. */
    public int bits() {
        return bits;
    }

    /** The engine's type for these elements; empty where it can't read them. */
    public Optional<DType> dtype() {
        return dtype;
    }

    /** The type as which the engine's elements are stored. */
    public static StoredType of(DType dtype) {
        return valueOf(dtype.name());
    }

    /** The type of this exact name, as a header spells it, or null where there is none. */
    static StoredType named(String name) {
        for (var type : ALL) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }
}
