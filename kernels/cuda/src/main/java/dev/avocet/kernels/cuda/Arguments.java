// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.avocet.core.layout.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel's arguments, packed as C packs a structure of them.
 *
 * @param packed all of them, with zeros for what lies in a slot
 * @param places where in it which address goes
 */
record Arguments(byte[] packed, List<Place> places) {
    /** Where an address goes. */
    record Place(int position, Address address) {}

    /** The arguments for a slot whose memory begins at an address. */
    MemorySegment in(long slot, Arena arena) {
        var segment = arena.allocate(packed.length, Long.BYTES);
        MemorySegment.copy(packed, 0, segment, JAVA_BYTE, 0, packed.length);
        for (var place : places) {
            segment.set(JAVA_LONG, place.position, place.address.in(slot));
        }
        return segment;
    }

    /** Writes one argument after the other. */
    static final class Writer {
        private static final int MOST = 512;

        private final ByteBuffer bytes = ByteBuffer.allocate(MOST).order(ByteOrder.LITTLE_ENDIAN);
        private final List<Place> places = new ArrayList<>();

        private void align(int size) {
            bytes.position(Math.ceilDiv(bytes.position(), size) * size);
        }

        /** A pointer; null for none. */
        Writer pointer(Address address) {
            align(Long.BYTES);
            if (address != null) {
                places.add(new Place(bytes.position(), address));
            }
            bytes.putLong(0);
            return this;
        }

        /** A pointer to rows, and their stride. */
        Writer rows(Rows rows) {
            return pointer(Address.of(rows)).number(rows.stride());
        }

        /** An int; throws {@link ArithmeticException} for what is none, which no model can reach. */
        Writer number(long value) {
            align(Integer.BYTES);
            bytes.putInt(Math.toIntExact(value));
            return this;
        }

        Writer numbers(long... values) {
            for (long value : values) {
                number(value);
            }
            return this;
        }

        /** Long ints. */
        Writer longs(long... values) {
            align(Long.BYTES);
            for (long value : values) {
                bytes.putLong(value);
            }
            return this;
        }

        Writer real(float value) {
            align(Float.BYTES);
            bytes.putFloat(value);
            return this;
        }

        Arguments done() {
            var packed = new byte[bytes.position()];
            bytes.get(0, packed);
            return new Arguments(packed, List.copyOf(places));
        }
    }
}
