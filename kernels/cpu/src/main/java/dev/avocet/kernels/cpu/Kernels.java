// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

import dev.avocet.core.backend.BackendUnavailable;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The functions of one tier's library; src/main/c says what each does.
 *
 * <p>Every argument and result is a long, addresses included: who calls has checked that the memory is there.
 */
final class Kernels {
    private final MethodHandle plan;
    private final MethodHandle pack;
    private final MethodHandle open;
    private final MethodHandle run;
    private final MethodHandle help;
    private final MethodHandle close;
    private final MethodHandle rowStride;
    private final MethodHandle job;
    private final MethodHandle deviceBytes;
    private final MethodHandle ticks;
    private final MethodHandle peak;
    private final MethodHandle checksum;
    private final int panel;
    private final String identity;

    private Kernels(NativeLibrary.Loaded library) {
        identity = library.identity();
        var symbols = library.symbols();
        plan = bind(symbols, "avocet_plan");
        pack = bind(symbols, "avocet_pack");
        open = bind(symbols, "avocet_open");
        run = bind(symbols, "avocet_run");
        help = bind(symbols, "avocet_help");
        close = bind(symbols, "avocet_close");
        rowStride = bind(symbols, "avocet_row_stride");
        job = bind(symbols, "avocet_job");
        deviceBytes = bind(symbols, "avocet_device_bytes");
        ticks = bind(symbols, "avocet_ticks");
        peak = bind(symbols, "avocet_peak");
        checksum = bind(symbols, "avocet_checksum");
        panel = (int) call(bind(symbols, "avocet_panel"));
    }

    /** The kernels of a tier; they live as long as the arena. */
    static Kernels load(Tier tier, Arena arena) {
        return new Kernels(NativeLibrary.load(tier, arena));
    }

    /** A bit for each tier that this machine can run. */
    static long supportedTiers() {
        try (var arena = Arena.ofConfined()) {
            return call(bind(NativeLibrary.load(Tier.BASELINE, arena).symbols(), "avocet_tiers"));
        }
    }

    private static MethodHandle bind(SymbolLookup symbols, String name) {
        return NativeLibrary.function(symbols.find(name).orElseThrow(
                () -> new BackendUnavailable("the native library has no " + name + "; its build is older than this")));
    }

    /** Cuts the work of operations into units and numbers them; the bytes of scratch memory that each thread needs. */
    long plan(long ops, long count, long threads) {
        return call(plan, ops, count, threads);
    }

    /** Packs rows {@code from} to {@code from + count} of a weight with rows of {@code inputs} floats. */
    void pack(long packed, long rows, long from, long count, long inputs) {
        call(pack, packed, rows, from, count, inputs);
    }

    /** Begins a caller's presence and opens its slot's job to the device's threads; the number of callers. */
    long open(long device, long slot) {
        return call(open, device, slot);
    }

    /** The caller's part of a job; whether it is done, or else waited long enough to let other threads run. */
    boolean run(long device, long slot, long spins) {
        return call(run, device, slot, spins) == 0;
    }

    /** A helper's part of all jobs; whether there was nothing to do in the end, or else it waited inside of one. */
    boolean help(long device, long thread, long spins) {
        return call(help, device, thread, spins) == 0;
    }

    /** Ends a caller's presence; the number of other callers. */
    long close(long device, long slot) {
        return call(close, device, slot);
    }

    /** The floats from one row to the next where rows have this many columns. */
    long rowStride(long columns) {
        return call(rowStride, columns);
    }

    /** The address of a slot's job. */
    long job(long device, long slot) {
        return call(job, device, slot);
    }

    /** The size of the device that threads meet at. */
    long deviceBytes(long slots) {
        return call(deviceBytes, slots);
    }

    /** The clock that timed runs are written down by; always the same where the platform has none. */
    long ticks() {
        return call(ticks);
    }

    /** Keeps this thread's arithmetic units as busy as they can be; the floating-point operations of one round. */
    long peak(long rounds) {
        return call(peak, rounds);
    }

    /** The checksum of some memory, a multiple of 64 bytes at a multiple of 64. */
    long checksum(long address, long bytes) {
        return call(checksum, address, bytes);
    }

    /** The same text only for the same code, so for the same layouts. */
    String identity() {
        return identity;
    }

    /** Outputs of a product that are packed together. */
    int panel() {
        return panel;
    }

    /** Outputs of a product that fit into one vector. */
    int lanes() {
        return panel / 2;
    }

    private static long call(MethodHandle function) {
        return call(function, 0, 0, 0);
    }

    private static long call(MethodHandle function, long a) {
        return call(function, a, 0, 0);
    }

    private static long call(MethodHandle function, long a, long b) {
        return call(function, a, b, 0);
    }

    private static long call(MethodHandle function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0);
    }

    private static long call(MethodHandle function, long a, long b, long c, long d, long e) {
        try {
            return (long) function.invokeExact(a, b, c, d, e, 0L);
        } catch (Throwable thrown) {
            throw new AssertionError("a native call can't throw", thrown);
        }
    }
}
