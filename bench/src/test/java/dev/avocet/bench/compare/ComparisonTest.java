// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.avocet.bench.ProcFiles;
import dev.avocet.bench.ProcFiles.CpuTicks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static Contest contest(int threads, int batch, int requests) {
        return new Contest("BERT", threads, batch, requests, Map.of(), 11.0 / requests, new LinkedHashMap<>());
    }

    private static Times millis(long... times) {
        return new Times(LongStream.of(times).map(time -> time * 1_000_000).toArray());
    }

    @Test
    void timesAreSummedUpInAnyOrder() {
        var odd = millis(30, 10, 20);
        assertEquals(10, odd.minMillis());
        assertEquals(20, odd.medianMillis());
        assertEquals(30, odd.p99Millis());
        assertEquals(15, millis(20, 10).medianMillis());
    }

    @Test
    void theNinetyNinthPercentileOfAThousandLeavesTenOut() {
        assertEquals(990, millis(LongStream.rangeClosed(1, 1000).toArray()).p99Millis());
    }

    @Test
    void noTimesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Times(new long[0]));
    }

    @Test
    void theDifferenceOfOutputsIsRelativeToTheLargestValue() {
        assertEquals(0, Measurement.apart(new float[] {1, -4}, new float[] {1, -4}));
        assertEquals(0.25, Measurement.apart(new float[] {1, -4}, new float[] {2, -4}));
        assertEquals(Double.POSITIVE_INFINITY, Measurement.apart(new float[] {1}, new float[] {1, 2}));
        assertEquals(Double.POSITIVE_INFINITY, Measurement.apart(new float[] {1}, new float[] {Float.NaN}));
        assertEquals(Double.POSITIVE_INFINITY, Measurement.apart(new float[] {0}, new float[] {1}));
    }

    @Test
    void stealAndOtherProcessesAreSharesOfTheMachinesTime() {
        var before = CpuTicks.parse("cpu  100 0 50 800 50 0 0 0 0 0");
        var after = CpuTicks.parse("cpu  500 10 80 1200 60 5 5 40 0 0");
        var passed = after.since(before);
        assertEquals(new CpuTicks(900, 450, 40), passed);
        var load = Comparison.Load.of(passed, 360);
        assertEquals(40 / 900.0, load.steal());
        assertEquals(90 / 900.0, load.others());
    }

    @Test
    void theTimeOfAProcessIsFoundWhateverItsName() {
        assertEquals(1234 + 56,
                ProcFiles.ticksOf("42 (a) b (c) S 1 42 42 0 -1 4194560 9 0 0 0 1234 56 0 0 20 0 3 0 1"));
    }

    private static Comparison.Entry entry(String name, long millis, double apart) {
        return new Comparison.Entry(name, "1.0", millis(millis), 1_000_000_000, 90_000_000, 0, apart);
    }

    private static Comparison comparison(Contest contest, double peak, Comparison.Entry... entries) {
        return new Comparison(contest, peak, List.of(entries), new LinkedHashMap<>(), new Comparison.Load(0, 0),
                1);
    }

    @Test
    void severalStartsArePooled() {
        var contest = contest(2, 1, 1);
        var pooled = Comparison.pooled(List.of(
                comparison(contest, 200, entry("avocet", 10, 0), entry("onnxruntime", 30, 1e-6)),
                comparison(contest, 220, entry("avocet", 20, 0), entry("onnxruntime", 40, 1e-7)),
                comparison(contest, 240, entry("avocet", 12, 0), entry("onnxruntime", 35, 1e-7))));
        assertEquals(3, pooled.starts());
        assertEquals(220, pooled.peakGflops());
        assertEquals(12, pooled.entries().getFirst().times().medianMillis());
        assertEquals(20, pooled.entries().getFirst().times().p99Millis());
        assertEquals(35.0 / 12, pooled.ratio(pooled.entries().getLast()));
        assertEquals(1e-6, pooled.entries().getLast().apart());
    }

    @Test
    void theReportSaysWhoIsFasterWhoIsWrongAndWhoIsMissing() {
        var absent = new LinkedHashMap<String, String>();
        absent.put("torch", "there is no python");
        absent.put("torch-compile", "there is no python");
        var comparison = new Comparison(contest(2, 2, 1), 200, List.of(
                new Comparison.Entry("avocet", "cpu", millis(80, 80, 100), 2_500_000_000L, 100_000_000, 500_000_000, 0),
                entry("onnxruntime", 100, 1e-6), entry("openvino", 40, 0.5)), absent, new Comparison.Load(0.012, 0.5),
                1);
        assertFalse(comparison.agrees());
        assertTrue(comparison.entries().get(1).agrees());
        assertEquals(
                """
                        ## BERT, batch 2, 2 threads

                        11.0 GFLOP in an inference. Peak of the machine: 200 GFLOP/s. 3 runs. Steal 1.2 %, other processes 50.0 %.

                        |             | median ms | min ms | p99 ms | tail | per second | GFLOP/s | of peak | Avocet is |       apart | start s | first ms | memory MB |
                        |-------------|----------:|-------:|-------:|-----:|-----------:|--------:|--------:|----------:|------------:|--------:|---------:|----------:|
                        | avocet      |      80.0 |   80.0 |  100.0 | 1.25 |      25.00 |     138 |    69 % |           |             |    2.50 |    100.0 |       500 |
                        | onnxruntime |     100.0 |  100.0 |  100.0 | 1.00 |      20.00 |     110 |    55 % |     1.25x |       1e-06 |    1.00 |     90.0 |           |
                        | openvino    |      40.0 |   40.0 |   40.0 | 1.00 |      50.00 |     275 |   138 % |     0.50x | 5e-01 WRONG |    1.00 |     90.0 |           |

                        Not measured: torch, torch-compile: there is no python
                        """,
                Report.section(comparison));
    }

    @Test
    void aRunOfManyRequestsIsAsMuchWork() {
        var comparison = comparison(contest(2, 1, 4), 0, entry("avocet", 80, 0));
        assertEquals(50, comparison.perSecond(comparison.entries().getFirst()));
        assertEquals(137.5, comparison.gflops(comparison.entries().getFirst()));
    }

    @Test
    void moreThreadsAreHeldAgainstTheMachinesPeak() {
        var one = comparison(contest(1, 1, 1), 100, entry("avocet", 160, 0), entry("onnxruntime", 160, 0));
        var two = comparison(contest(2, 1, 1), 180, entry("avocet", 80, 0), entry("openvino", 80, 0));
        assertEquals(
                """
                        ## More threads

                        |              | threads | faster | the peak | next to the peak |
                        |--------------|--------:|-------:|---------:|-----------------:|
                        | BERT: avocet |  1 to 2 |  2.00x |    1.80x |             1.11 |
                        """,
                Report.scaling(List.of(one, two)));
        assertEquals("", Report.scaling(List.of(two)));
    }

    @Test
    void whereRunsAreLongThereAreFewerButNoFewerThanThree() {
        var setting = new Measurement.Setting(null, 15, 1, 100);
        assertEquals(15, setting.rounds(2_000_000_000));
        assertEquals(10, setting.rounds(10_000_000_000L));
        assertEquals(3, setting.rounds(90_000_000_000L));
        assertEquals(20, new Measurement.Setting(null, 1000, 50, 1000).rounds(100_000_000));
    }
}
