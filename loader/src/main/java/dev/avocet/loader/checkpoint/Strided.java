// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Copies elements that lie any number of places apart into C order. */
final class Strided {
    private final MemorySegment from;
    private final MemorySegment into;
    private final List<Long> shape;
    private final List<Long> strides;
    private final int width;
    private long written;

    private Strided(MemorySegment from, MemorySegment into, StoredTensor tensor, int width) {
        this.from = from;
        this.into = into;
        this.shape = tensor.shape();
        this.strides = tensor.strides();
        this.width = width;
    }

    /** A copy of a tensor's elements, of so many bytes each, out of the span that has all of them. */
    static MemorySegment inOrder(MemorySegment span, StoredTensor tensor, int width) {
        var into = Arena.ofAuto().allocate(tensor.bytes());
        if (tensor.bytes() > 0) {
            new Strided(span, into, tensor, width).copy(0, 0);
        }
        return into;
    }

    private void copy(int axis, long place) {
        if (axis == shape.size()) {
            copyElement(place * width);
            return;
        }
        long count = shape.get(axis);
        long stride = strides.get(axis);
        if (axis == shape.size() - 1 && stride == 1) {
            MemorySegment.copy(from, place * width, into, written, count * width);
            written += count * width;
            return;
        }
        for (long i = 0; i < count; i++) {
            copy(axis + 1, place + i * stride);
        }
    }

    private void copyElement(long at) {
        switch (width) {
            case 1 -> into.set(ValueLayout.JAVA_BYTE, written, from.get(ValueLayout.JAVA_BYTE, at));
            case 2 -> into.set(ValueLayout.JAVA_SHORT_UNALIGNED, written,
                    from.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
            case 4 -> into.set(ValueLayout.JAVA_INT_UNALIGNED, written, from.get(ValueLayout.JAVA_INT_UNALIGNED, at));
            case 8 -> into.set(ValueLayout.JAVA_LONG_UNALIGNED, written,
                    from.get(ValueLayout.JAVA_LONG_UNALIGNED, at));
            default -> throw new IllegalStateException("no element has " + width + " bytes");
        }
        written += width;
    }
}
