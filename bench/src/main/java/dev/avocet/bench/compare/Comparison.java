// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.ProcFiles.CpuTicks;
import dev.avocet.bench.worker.Target;
import dev.avocet.core.backend.Precision;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * What came out of a contest.
 *
 * @param peakGflops what the machine itself did in a second, measured between the engines; 0 where it was not measured
 * @param entries the engines, Avocet first
 * @param absent why others took no part, by name
 * @param load what the machine did meanwhile
 * @param starts how often all engines were started anew
 */
record Comparison(
        Contest contest,
        double peakGflops,
        List<Entry> entries,
        SequencedMap<String, String> absent,
        Load load,
        int starts) {

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
        /** One engine's processes: all their runs, and of what there is once in each the median. */
        private static Entry pooled(List<Entry> entries) {
            var first = entries.getFirst();
            return new Entry(first.name, first.version, Times.all(entries.stream().map(Entry::times).toList()),
                    median(entries, Entry::startNanos), median(entries, Entry::firstNanos),
                    entries.stream().mapToLong(Entry::residentBytes).max().orElseThrow(),
                    entries.stream().mapToDouble(Entry::apart).max().orElseThrow());
        }

        private static long median(List<Entry> entries, ToLongFunction<Entry> of) {
            return entries.stream().mapToLong(of).sorted().skip((entries.size() - 1) / 2).findFirst().orElseThrow();
        }

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

    /**
     * The same contest held several times, each with processes of its own: where the memory of a process lies can make
     * it faster or slower as long as it lives.
     */
    static Comparison pooled(List<Comparison> comparisons) {
        var first = comparisons.getFirst();
        var entries = first.entries.stream().map(entry -> Entry.pooled(comparisons.stream()
                .flatMap(comparison -> comparison.entries.stream())
                .filter(each -> each.name.equals(entry.name))
                .toList())).toList();
        var load = new Load(mean(comparisons, each -> each.load.steal), mean(comparisons, each -> each.load.others));
        return new Comparison(first.contest, mean(comparisons, Comparison::peakGflops), entries, first.absent, load,
                comparisons.size());
    }

    private static double mean(List<Comparison> comparisons, ToDoubleFunction<Comparison> of) {
        return comparisons.stream().mapToDouble(of).average().orElseThrow();
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
