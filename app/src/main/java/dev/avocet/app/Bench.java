// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.Pretrained;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet bench}. */
@Command(
        name = "bench",
        header = "Measure how fast a model runs here.",
        description = {
            "",
            "Times runs of the model alone, on random inputs: no decoding, no resizing, no tokenizing. Each tower of",
            "ALIGN is timed by itself.",
            ""},
        footer = {"", "Example: avocet bench --model tiny-align --batch 8 --threads 2"})
final class Bench implements Executable {
    @Mixin
    private PartOptions parts;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "5",
            description = "Runs before the timed ones. Default: 5.")
    private int warmup;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "20", converter = AtLeastOne.class,
            description = "Timed runs. Default: 20.")
    private int runs;

    @Option(names = "--json", description = "Print JSON Lines: one object per part of the model.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Bench(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    /** The time of each run, fastest first. */
    private record Times(long[] nanos) {
        double minMillis() {
            return nanos[0] / 1e6;
        }

        double medianMillis() {
            return (nanos[(nanos.length - 1) / 2] + nanos[nanos.length / 2]) / 2e6;
        }

        /** By nearest rank: the slowest of fewer than 100 runs. */
        double p99Millis() {
            return nanos[(int) Math.ceil(0.99 * nanos.length) - 1] / 1e6;
        }
    }

    @Override
    public int run() {
        if (warmup < 0) {
            throw new UsageException("--warmup must be at least 0, not " + warmup);
        }
        var chosen = parts.model(terminal, common);
        try (var pretrained = Pretrained.open(chosen.folder());
                var device = common.open(terminal, () -> Work.of(chosen));
                var session = common.session(chosen.name(), pretrained, device)) {
            for (var part : parts.of(pretrained)) {
                var plan = session.plan(part.inputs(), part.outputs());
                var times = time(session, plan);
                report(new Result(chosen.name(), part, device.description(), session.weightBytes(), plan, times));
            }
            return OK;
        } catch (ArithmeticException e) {
            throw parts.tooLarge(e);
        }
    }

    private Times time(Session session, Plan plan) {
        var inputs = RandomInputs.of(plan.graph());
        var outputs = plan.graph().outputs().values().stream()
                .map(output -> HostTensor.zeros(DType.F32, output.shape()))
                .toList();
        var nanos = new long[runs];
        for (int i = -warmup; i < runs; i++) {
            terminal.progress(i < 0 ? "warming up" : "run " + (i + 1) + " of " + runs);
            long start = System.nanoTime();
            session.run(plan, inputs, outputs);
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
            }
        }
        terminal.clearProgress();
        Arrays.sort(nanos);
        return new Times(nanos);
    }

    private record Result(String model, ModelPart part, String device, long weightBytes, Plan plan, Times times) {
        double gflop() {
            return plan.graph().flops() / 1e9;
        }

        double gflopPerSecond() {
            return gflop() / times.medianMillis() * 1e3;
        }
    }

    private void report(Result result) {
        if (json) {
            writeJson(result);
        } else {
            writeText(result);
        }
    }

    private void writeJson(Result result) {
        new JsonLines(terminal.out()).line(line -> {
            parts.write(line, result.model(), result.part(), result.device(), common.deviceOptions());
            line.writeNumberField("warmup", warmup);
            line.writeNumberField("runs", runs);
            line.writeNumberField("min_ms", result.times().minMillis());
            line.writeNumberField("median_ms", result.times().medianMillis());
            line.writeNumberField("p99_ms", result.times().p99Millis());
            line.writeNumberField("per_second", parts.batch() / result.times().medianMillis() * 1e3);
            line.writeNumberField("gflop", result.gflop());
            line.writeNumberField("gflop_per_second", result.gflopPerSecond());
            line.writeNumberField("weight_bytes", result.weightBytes());
            line.writeNumberField("scratch_bytes", result.plan().scratchBytes());
        });
    }

    private void writeText(Result result) {
        var times = result.times();
        var unit = result.part().unit();
        terminal.out().printf(Locale.ROOT, """
                %s
                  median   %10.3f ms, %.2f %ss per second
                  minimum  %10.3f ms
                  p99      %10.3f ms  (%d runs after %d to warm up)
                  compute  %10.3f GFLOP in a run, %.1f GFLOP/s
                  memory   weights %s, activations %s
                """,
                parts.title(result.model(), result.part(), result.device()),
                times.medianMillis(), parts.batch() / times.medianMillis() * 1e3, unit,
                times.minMillis(),
                times.p99Millis(), runs, warmup,
                result.gflop(), result.gflopPerSecond(),
                Sizes.bytes(result.weightBytes()), Sizes.bytes(result.plan().scratchBytes()));
        terminal.out().flush();
    }
}
