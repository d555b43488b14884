// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.tensor;

/** The element types that the engine can hold; computing is in F32, ids and masks are I32, the rest is storage. */
public enum DType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    U8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements are real numbers rather than integers. */
    public boolean isFloating() {
        return switch (this) {
            case F64, F32, F16, BF16 -> true;
            case I64, I32, U8 -> false;
        };
    }
}
