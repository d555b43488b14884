// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.avocet.core.backend.DeviceOutOfMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A block of native memory, zero at first, that takes room only as far as it is used.
 *
 * <p>Mapped directly where the system can do it: {@link Arena#allocate} would write all of it at once, count it against
 * the JVM's limit for direct buffers, and not use huge pages, without which strided reads spend their time on
 * translating addresses.
 */
final class NativeMemory implements AutoCloseable {
    private static final long HUGE_PAGE = 2 << 20;
    private static final long PROT_READ_WRITE = 3;
    private static final long MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final long MADV_HUGEPAGE = 14;
    private static final long MADV_NOHUGEPAGE = 15;
    /** A multiple of every system's page. */
    private static final long PAGES = 1 << 16;

    private static final MethodHandle MMAP = linux("mmap");
    private static final MethodHandle MUNMAP = linux("munmap");
    private static final MethodHandle MADVISE = linux("madvise");

    private final Arena arena;
    private final MemorySegment segment;

    private NativeMemory(Arena arena, MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
    }

    /** @param what what it is for, in the message of a {@link DeviceOutOfMemory} */
    static NativeMemory allocate(long bytes, String what) {
        var arena = Arena.ofShared();
        try {
            return new NativeMemory(arena, MMAP == null ? arena.allocate(bytes, 64) : map(bytes, arena));
        } catch (OutOfMemoryError | IllegalArgumentException e) {
            arena.close();
            throw new DeviceOutOfMemory(what, bytes,
                    "give the process more memory (ulimit -v, container limit), or use fewer slots or a smaller batch");
        }
    }

    private static MemorySegment map(long bytes, Arena arena) {
        boolean huge = bytes >= HUGE_PAGE;
        long mapped = huge ? Math.ceilDiv(bytes, HUGE_PAGE) * HUGE_PAGE + HUGE_PAGE : bytes;
        long address = call(MMAP, 0, mapped, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1);
        if (address == -1) {
            throw new OutOfMemoryError();
        }
        long aligned = huge ? Math.ceilDiv(address, HUGE_PAGE) * HUGE_PAGE : address;
        if (huge) {
            call(MADVISE, aligned, mapped - HUGE_PAGE, MADV_HUGEPAGE, 0, 0); // or else small pages
        }
        return MemorySegment.ofAddress(aligned).reinterpret(bytes, arena,
                _ -> call(MUNMAP, address, mapped, 0, 0, 0));
    }

    private static long call(MethodHandle function, long a, long b, long c, long d, long e) {
        try {
            return (long) function.invokeExact(a, b, c, d, e, 0L);
        } catch (Throwable thrown) {
            throw new AssertionError("a native call can't throw", thrown);
        }
    }

    /** A function of the C library, or null where it is not Linux's. */
    private static MethodHandle linux(String name) {
        if (!NativeLibrary.platform().startsWith("linux-") || ADDRESS.byteSize() != 8) {
            return null;
        }
        return Linker.nativeLinker().defaultLookup().find(name).map(NativeLibrary::function).orElse(null);
    }

    MemorySegment segment() {
        return segment;
    }

    long address() {
        return segment.address();
    }

    long bytes() {
        return segment.byteSize();
    }

    /** Says that no more than the first bytes will be used: a huge page over their end would take room for nothing. */
    void trim(long used) {
        long from = Packing.roundUp(address() + used, PAGES);
        if (MADVISE != null && from < address() + bytes()) {
            call(MADVISE, from, address() + bytes() - from, MADV_NOHUGEPAGE, 0, 0);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
