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
    static final long HUGE_PAGE = 2 << 20;
    private static final long PROT_READ_WRITE = 3;
    private static final long PROT_READ = 1;
    private static final long MAP_PRIVATE = 0x02;
    private static final long MAP_FIXED = 0x10;
    private static final long MAP_ANONYMOUS = 0x20;
    private static final long MADV_HUGEPAGE = 14;
    private static final long MADV_NOHUGEPAGE = 15;
    private static final long MADV_POPULATE_READ = 22;
    /** A multiple of every system's page. */
    static final long PAGES = 1 << 16;

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
        long address = call(MMAP, 0, mapped, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (address == -1) {
            throw new OutOfMemoryError();
        }
        long aligned = huge ? Math.ceilDiv(address, HUGE_PAGE) * HUGE_PAGE : address;
        if (huge) {
            call(MADVISE, aligned, mapped - HUGE_PAGE, MADV_HUGEPAGE); // or else small pages
        }
        return MemorySegment.ofAddress(aligned).reinterpret(bytes, arena,
                _ -> call(MUNMAP, address, mapped, 0));
    }

    private static long call(MethodHandle function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    /** Calls what {@link #linux} found. */
    static long call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) function.invokeExact(a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw new AssertionError("a native call can't throw", thrown);
        }
    }

    /** A function of the C library, or null where it is not Linux's. */
    static MethodHandle linux(String name) {
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
            call(MADVISE, from, address() + bytes() - from, MADV_NOHUGEPAGE);
        }
    }

    /** Whether the system can put files in place of memory. */
    static boolean canMapFiles() {
        return MMAP != null;
    }

    /**
     * Puts a file's bytes in place of the memory's first ones, which can only be read from then on; whether that went
     * well. What was in that memory is lost in any case.
     *
     * @param descriptor of the open file; it may be closed afterwards
     * @param offset a multiple of {@link #HUGE_PAGE}
     * @param count a multiple of {@link #PAGES}, and within the file
     */
    boolean mapFile(long descriptor, long offset, long count) {
        return call(MMAP, address(), count, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, offset) == address();
    }

    /** Puts memory, zero at first, back in the place of a file's bytes; throws {@link DeviceOutOfMemory}. */
    void unmapFile(long count) {
        if (call(MMAP, address(), count, PROT_READ_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1,
                0) != address()) {
            throw new DeviceOutOfMemory("packed weights", count,
                    "give the process more memory (ulimit -v, container limit)");
        }
        call(MADVISE, address(), count, MADV_HUGEPAGE);
    }

    /** Maps the pages of a part of the memory all at once; false where one of them is not in the file any more. */
    static boolean populate(MemorySegment part) {
        return !Populating.WORKS || call(MADVISE, part.address(), part.byteSize(), MADV_POPULATE_READ) == 0;
    }

    /** Whether this Linux has MADV_POPULATE_READ, which 5.14 brought. */
    private static final class Populating {
        static final boolean WORKS = works();

        private static boolean works() {
            try (var page = allocate(PAGES, "a page")) {
                return call(MADVISE, page.address(), PAGES, MADV_POPULATE_READ) == 0;
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
