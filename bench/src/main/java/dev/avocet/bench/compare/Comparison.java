// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.compare.ProcFiles.CpuTicks;
import dev.avocet.bench.worker.Target;
import dev.avocet.core.backend.Precision;
import java.util.List;
import java.util.SequencedMap;

/**
 * What came out of a contest.
 *
 * @param peakGflops what the machine itself did in a second, measured between the engines; 0 where it was not measured
 * @param entries the engines, Avocet first
 * @param absent why others took no part, by name
 * @param load what the machine did meanwhile
 */
record Comparison(
        Contest contest,
        double peakGflops,
        List<Entry> entries,
        SequencedMap<String, String> absent,
        Load load) {

    /** Outputs of float32 engines differ by the order of their sums; by more than this, one of them computes something else. */
    private static final double AGREED = 1e-3;
    /** The same where factors are rounded to fewer bits. */
    private static final double AGREED_IN_HALF = 5e-2;

    /**
     * One engine.
     *
     * @param name its short name
     * @param version what it says of itself
     * @param times its inferences
     * @param startNanos from the start of the process until the model was loaded
     * @param firstNanos the first inference
     * @param residentBytes the most memory that the process had resident
     * @param apart the largest difference of its output from Avocet's, relative to the largest value
     */
    record Entry(
            String name, String version, Times times, long startNanos, long firstNanos, long residentBytes,
            double apart) {
        boolean agrees() {
            return apart <= (Target.precision() == Precision.F32 ? AGREED : AGREED_IN_HALF);
        }
    }

    /**
     * Shares of the machine's processor time while the engines were timed.
     *
     * @param steal that the hypervisor took
     * @param others that processes took which are not part of the comparison
     */
    record Load(double steal, double others) {
        static Load of(CpuTicks machine, long workers) {
            if (machine.total() == 0) {
                return new Load(0, 0);
            }
            double total = machine.total();
            return new Load(machine.steal() / total, Math.max(0, machine.busy() - workers) / total);
        }
    }

    boolean agrees() {
        return entries.stream().allMatch(Entry::agrees);
    }

    /** The floating-point operations that an engine does in a second, in thousand millions. */
    double gflops(Entry entry) {
        return contest.gflop() * contest.requests() / entry.times().medianMillis() * 1e3;
    }

    /** What an engine does of what the machine does at best; only where both are known. */
    double shareOfPeak(Entry entry) {
        return gflops(entry) / peakGflops;
    }

    /** The pictures or texts that an engine gets through in a second. */
    double perSecond(Entry entry) {
        return contest.batch() * contest.requests() / entry.times().medianMillis() * 1e3;
    }

    /** How many times as fast as an engine Avocet is: above 1 where Avocet is faster. */
    double ratio(Entry entry) {
        return entry.times().medianMillis() / entries.getFirst().times().medianMillis();
    }
}
