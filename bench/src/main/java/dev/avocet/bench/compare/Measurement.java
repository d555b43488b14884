// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.compare;

import dev.avocet.bench.ProcFiles;
import dev.avocet.bench.ProcFiles.CpuTicks;
import dev.avocet.loader.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

/**
 * Measures engines side by side: all are loaded, then each in turn makes an inference, round after round, so that whatever
 * else happens to the machine happens to all of them.
 */
final class Measurement implements AutoCloseable {
    private static final int WARM_UPS = 3;
    /** The least that an engine warms up, for compilers that want many runs of short ones. */
    private static final long WARM_UP_NANOS = 2_000_000_000;
    /** An engine that took so long is warm, however few runs that were. */
    private static final long WARM_NANOS = 10_000_000_000L;
    /** Threads of the engine before may still spin for work; ONNX Runtime's do for some tens of milliseconds. */
    private static final long PAUSE_MILLIS = 100;
    /** Below this, waking up and a cold cache would be a part of the time that no one asked for. */
    private static final long SETTLE_BELOW_NANOS = 500_000_000;
    /** What the machine's peak is measured with: enough to take some tenths of a second. */
    private static final int PEAK_GFLOP_PER_THREAD = 20;

    private final Contest contest;
    private final Setting setting;
    private final Path scratch;
    private final SequencedMap<String, String> absent = new LinkedHashMap<>();
    private final List<Contestant> contestants = new ArrayList<>();
    private Engine peak;

    /**
     * How much is measured.
     *
     * @param runs timed runs of each engine
     * @param inARow how many of them an engine makes before it is the next one's turn
     * @param seconds makes fewer runs where all of them would take longer
     */
    record Setting(Places places, int runs, int inARow, long seconds) {
        private static final int LEAST_RUNS = 3;

        /** How often it is each engine's turn, where one of each takes so long. */
        int rounds(long nanos) {
            long fit = TimeUnit.SECONDS.toNanos(seconds) / Math.max(1, nanos * inARow);
            return Math.toIntExact(Math.max(Math.ceilDiv(LEAST_RUNS, inARow),
                    Math.min(Math.ceilDiv(runs, inARow), fit)));
        }
    }

    /** An engine that takes part. */
    private record Contestant(
            String name, Engine engine, long firstNanos, long warmNanos, float[] output, List<Long> nanos) {}

    private Measurement(Contest contest, Setting setting, Path scratch) {
        this.contest = contest;
        this.setting = setting;
        this.scratch = scratch;
    }

    static Comparison of(Contest contest, Setting setting) throws IOException {
        var scratch = Files.createTempDirectory("avocet-compare");
        try (var measurement = new Measurement(contest, setting, scratch)) {
            return measurement.measure();
        }
    }

    private Comparison measure() throws IOException {
        var inputs = scratch.resolve("inputs.safetensors");
        SafetensorsWriter.write(inputs, contest.inputs(), Map.of());
        for (var entrant : contest.entrants().entrySet()) {
            enter(entrant.getKey(), entrant.getValue(), inputs);
        }
        if (contest.gflop() > 0) {
            enterPeak();
        }
        var peakNanos = new ArrayList<Long>();
        var load = rounds(peakNanos);
        double peakGflops = peak == null ? 0 : peakGflop() / Times.of(peakNanos).medianMillis() * 1e3;
        return new Comparison(contest, peakGflops, entries(), absent, load, 1);
    }

    private void enter(String name, Contest.Entrant entrant, Path inputs) throws IOException {
        progress("starting " + name);
        Engine engine = null;
        try {
            engine = Engine.start(name, entrant.commands(inputs), scratch);
            long first = engine.run(engine.processes());
            long warm = 0;
            long warmed = 0;
            for (int i = 0; (i < WARM_UPS && warmed < WARM_NANOS) || warmed < WARM_UP_NANOS; i++) {
                warm = engine.run(contest.requests());
                warmed += warm;
            }
            contestants.add(
                    new Contestant(name, engine, first, warm, engine.output(scratch), new ArrayList<>()));
        } catch (IOException e) {
            if (engine != null) {
                engine.close();
            }
            if (name.equals(Contest.AVOCET)) {
                throw new IOException("avocet failed: " + e.getMessage(), e);
            }
            absent.put(name, e.getMessage());
        }
    }

    private void enterPeak() {
        try {
            var program = setting.places().peak();
            peak = Engine.start("peak", List.of(List.of(
                    program.toString(), Integer.toString(contest.threads()), Integer.toString(peakGflop()))), scratch);
            peak.run(1);
        } catch (IOException e) {
            absent.put("peak", e.getMessage());
        }
    }

    private int peakGflop() {
        return PEAK_GFLOP_PER_THREAD * contest.threads();
    }

    private Comparison.Load rounds(List<Long> peakNanos) throws IOException {
        long fastest = contestants.stream().mapToLong(Contestant::warmNanos).min().orElseThrow();
        int rounds = setting.rounds(contestants.stream().mapToLong(Contestant::warmNanos).sum());
        var meter = new LoadMeter();
        for (int round = 0; round < rounds; round++) {
            progress("round " + (round + 1) + " of " + rounds);
            for (int turn = 0; turn < contestants.size(); turn++) {
                // Each comes after every other one in turn.
                var contestant = contestants.get((round + turn) % contestants.size());
                pause();
                if (fastest < SETTLE_BELOW_NANOS) {
                    contestant.engine().run(contest.requests());
                }
                for (int i = 0; i < setting.inARow(); i++) {
                    contestant.nanos().add(meter.run(contestant.engine(), contest.requests()));
                }
            }
            if (peak != null) {
                pause();
                peakNanos.add(meter.run(peak, 1));
            }
        }
        return meter.load();
    }

    /** What the machine does while an engine is timed, not in the pauses between. */
    private final class LoadMeter {
        private CpuTicks machine = new CpuTicks(0, 0, 0);
        private long workers;

        long run(Engine engine, int requests) throws IOException {
            long workersBefore = workerTicks();
            var machineBefore = ProcFiles.machine();
            long nanos = engine.run(requests);
            machine = machine.plus(ProcFiles.machine().since(machineBefore));
            workers += workerTicks() - workersBefore;
            return nanos;
        }

        Comparison.Load load() {
            return Comparison.Load.of(machine, workers);
        }
    }

    private long workerTicks() {
        long engines = contestants.stream().mapToLong(contestant -> contestant.engine().cpuTicks()).sum();
        return engines + (peak == null ? 0 : peak.cpuTicks());
    }

    private List<Comparison.Entry> entries() {
        var wanted = contestants.getFirst().output();
        return contestants.stream()
                .map(each -> new Comparison.Entry(each.name(), each.engine().version(), Times.of(each.nanos()),
                        each.engine().startNanos(), each.firstNanos(), each.engine().peakResidentBytes(),
                        apart(wanted, each.output())))
                .toList();
    }

    /** The largest difference, relative to the largest value; infinite where sizes differ or a value is no number. */
    static double apart(float[] wanted, float[] found) {
        if (wanted.length != found.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        double apart = 0;
        for (int i = 0; i < wanted.length; i++) {
            if (!Float.isFinite(wanted[i]) || !Float.isFinite(found[i])) {
                return Double.POSITIVE_INFINITY;
            }
            largest = Math.max(largest, Math.abs(wanted[i]));
            apart = Math.max(apart, Math.abs(wanted[i] - (double) found[i]));
        }
        return apart == 0 ? 0 : apart / largest;
    }

    private void progress(String what) {
        System.err.println(contest.heading() + ": " + what);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted between two runs", e);
        }
    }

    @Override
    public void close() throws IOException {
        for (var contestant : contestants) {
            contestant.engine().close();
        }
        if (peak != null) {
            peak.close();
        }
        try (var files = Files.list(scratch)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(scratch);
    }
}
