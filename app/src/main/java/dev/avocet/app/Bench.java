// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Session;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.Pretrained;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import picocli.CommandLine.Command;
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
    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-vit.")
    private String model;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1", converter = AtLeastOne.class,
            description = "Pictures or texts in a run. Default: 1.")
    private int batch;

    @Option(names = "--tokens", paramLabel = "N", defaultValue = "64", converter = AtLeastOne.class,
            description = "Tokens in a text. Default: 64.")
    private int tokens;

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
        var chosen = ModelReference.of(model, Demo.TINY_VIT, terminal);
        try (var pretrained = Pretrained.open(chosen.folder());
                var device = common.open(terminal, () -> Work.of(chosen));
                var session = Session.open(chosen.name(), pretrained.model()::forward, device)) {
            for (var part : ModelPart.of(pretrained, batch, tokens)) {
                var plan = session.plan(part.inputs(), List.of(part.output()));
                var times = time(session, plan);
                report(new Result(chosen.name(), part, device.description(), session.weightBytes(), plan, times));
            }
            return OK;
        } catch (ArithmeticException e) {
            throw new AvocetException("a batch of " + batch + " is too large for one run; give a smaller --batch", e);
        }
    }

    private Times time(Session session, Plan plan) {
        var random = new Random(1);
        var inputs = plan.graph().inputs().stream().map(input -> fill(input, random)).toList();
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

    /** Numbers as of normalised pictures; ids that the model has; a mask of ones. */
    private static HostTensor fill(Graph.Input input, Random random) {
        var shape = input.tensor().shape();
        int count = Math.toIntExact(shape.elements());
        if (input.tensor().dtype() == DType.F32) {
            var values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = 2 * random.nextFloat() - 1;
            }
            return HostTensor.of(shape, values);
        }
        var ids = new int[count];
        boolean isMask = input.bound() == Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            ids[i] = isMask ? 1 : random.nextInt(input.bound());
        }
        return HostTensor.of(shape, ids);
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
            line.writeStringField("model", result.model());
            line.writeStringField("part", result.part().isText() ? "text" : "image");
            line.writeStringField("device", result.device());
            line.writeNumberField("threads", common.deviceOptions().threads());
            line.writeNumberField("batch", batch);
            if (result.part().isText()) {
                line.writeNumberField("tokens", tokens);
            }
            line.writeNumberField("warmup", warmup);
            line.writeNumberField("runs", runs);
            line.writeNumberField("min_ms", result.times().minMillis());
            line.writeNumberField("median_ms", result.times().medianMillis());
            line.writeNumberField("p99_ms", result.times().p99Millis());
            line.writeNumberField("per_second", batch / result.times().medianMillis() * 1e3);
            line.writeNumberField("gflop", result.gflop());
            line.writeNumberField("gflop_per_second", result.gflopPerSecond());
            line.writeNumberField("weight_bytes", result.weightBytes());
            line.writeNumberField("scratch_bytes", result.plan().scratchBytes());
        });
    }

    private void writeText(Result result) {
        var times = result.times();
        var unit = result.part().unit();
        var length = result.part().isText() ? " of " + tokens + " tokens" : "";
        terminal.out().printf(Locale.ROOT, """
                %s, %d %s%s%s in a run, on %s
                  median   %10.3f ms, %.2f %ss per second
                  minimum  %10.3f ms
                  p99      %10.3f ms  (%d runs after %d to warm up)
                  compute  %10.3f GFLOP in a run, %.1f GFLOP/s
                  memory   weights %s, activations %s
                """,
                DisplayText.clean(result.model()), batch, unit, batch == 1 ? "" : "s", length, result.device(),
                times.medianMillis(), batch / times.medianMillis() * 1e3, unit,
                times.minMillis(),
                times.p99Millis(), runs, warmup,
                result.gflop(), result.gflopPerSecond(),
                Sizes.bytes(result.weightBytes()), Sizes.bytes(result.plan().scratchBytes()));
        terminal.out().flush();
    }
}
