// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

import java.lang.foreign.MemorySegment;

/** A call of a native function; method handles declare that they may throw anything, and those of the linker don't. */
@FunctionalInterface
interface Call {
    /** The status that the function returns. */
    int run() throws Throwable;

    /** The status that a call returns. */
    static int status(Call call) {
        try {
            return call.run();
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Throws what a method handle threw. */
    static AssertionError unchecked(Throwable e) {
        switch (e) {
            case RuntimeException failure -> throw failure;
            case Error error -> throw error;
            default -> throw new AssertionError("the linker throws nothing checked", e);
        }
    }

    /** A call that writes one handle, address or number. */
    @FunctionalInterface
    interface Writing {
        /** The status that the function returns. */
        int run(MemorySegment place) throws Throwable;
    }
}
