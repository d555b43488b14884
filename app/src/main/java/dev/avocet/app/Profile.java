// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.avocet.app.OperationLabel.Kind;
import dev.avocet.app.Table.Column;
import dev.avocet.core.backend.Device;
import dev.avocet.core.backend.Plan;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.loader.Pretrained;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet profile}. */
@Command(
        name = "profile",
        header = "Show where the time of a run goes, step by step.",
        description = {
            "",
            "Times the steps of real runs on random inputs, and every other run as a whole. The time of a step is from",
            "the end of the one before to its own end, so that waiting for other threads counts.",
            ""},
        footer = {"", "Example: avocet profile --model tiny-align --part image --runs 50"})
final class Profile implements Executable {
    @Mixin
    private PartOptions parts;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "5",
            description = "Runs before the timed ones. Default: 5.")
    private int warmup;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "20", converter = AtLeastOne.class,
            description = "Runs of each kind, of which medians are taken. Default: 20.")
    private int runs;

    @Option(names = "--json", description = "Print JSON Lines: one object per part of the model.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Profile(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    /**
     * What was measured.
     *
     * @param times each step's, in the order of the plan's steps
     * @param runMillis a run that was not timed step by step
     * @param peak what the machine did at best, in GFLOP/s; 0 where that is not known
     */
    private record Measured(
            String model, ModelPart part, String device, Plan plan, List<StepTimes> times, double runMillis,
            double peak) {
        StepTimes sum() {
            return times.stream().reduce(StepTimes.NONE, StepTimes::plus);
        }

        Map<Kind, StepTimes> byKind() {
            var sums = new EnumMap<Kind, StepTimes>(Kind.class);
            for (int i = 0; i < times.size(); i++) {
                sums.merge(Kind.of(plan.steps().get(i).node().op()), times.get(i), StepTimes::plus);
            }
            return sums;
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
                var measured = measure(chosen.name(), part, session);
                if (json) {
                    writeJson(measured);
                } else {
                    writeText(measured);
                }
            }
            return OK;
        } catch (ArithmeticException e) {
            throw parts.tooLarge(e);
        }
    }

    private Measured measure(String model, ModelPart part, Session session) {
        var plan = session.plan(part.inputs(), part.outputs());
        var inputs = RandomInputs.of(plan.graph());
        var outputs = plan.graph().outputs().values().stream()
                .map(output -> HostTensor.zeros(DType.F32, output.shape()))
                .toList();
        int steps = plan.steps().size();
        var nanos = new long[steps][runs];
        var busy = new long[steps][runs];
        var whole = new long[runs];
        double peak = peak(session.device());
        for (int run = -warmup; run < runs; run++) {
            terminal.progress(run < 0 ? "warming up" : "run " + (run + 1) + " of " + runs);
            long start = System.nanoTime();
            session.run(plan, inputs, outputs);
            long end = System.nanoTime();
            if (run >= 0) {
                whole[run] = end - start;
                var timing = session.profile(plan, inputs, outputs);
                for (int i = 0; i < steps; i++) {
                    nanos[i][run] = timing.nanos()[i];
                    busy[i][run] = timing.busyNanos()[i];
                }
            }
        }
        terminal.clearProgress();
        var times = new ArrayList<StepTimes>();
        for (int i = 0; i < steps; i++) {
            times.add(StepTimes.of(plan.steps().get(i), median(nanos[i]), median(busy[i])));
        }
        return new Measured(model, part, session.device().description(), plan, times, median(whole) / 1e6,
                Math.max(peak, peak(session.device())));
    }

    private static double peak(Device device) {
        return device.peakFlops().orElse(0) / 1e9;
    }

    private static double median(long... values) {
        Arrays.sort(values);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2.0;
    }

    private void writeText(Measured measured) {
        var out = terminal.out();
        var all = measured.sum();
        out.println(parts.title(measured.model(), measured.part(), measured.device()));
        out.println();
        var table = new Table(columns(
                all, Column.number("#"), Column.text("operation"), Column.path("layer"), Column.text("result")));
        for (int i = 0; i < measured.times().size(); i++) {
            var node = measured.plan().steps().get(i).node();
            table.row(cells(measured.times().get(i), all, measured.peak(), Integer.toString(i + 1),
                    OperationLabel.of(node).toString(), node.path(), node.output().shape().toString()));
        }
        table.print(out);
        out.println();
        var sums = new Table(columns(all, Column.text("kind"), Column.number("steps")));
        measured.byKind().forEach((kind, times) -> sums.row(
                cells(times, all, measured.peak(), kind.toString(), Integer.toString(times.steps()))));
        sums.row(cells(all, all, measured.peak(), "all", Integer.toString(all.steps())));
        sums.print(out);
        out.println();
        out.printf(Locale.ROOT, """
                a whole run  %10.3f ms  median of %d that were not timed step by step
                its steps    %10.3f ms  besides, a run checks, copies in and out, and wakes threads
                waiting      %10.3f ms  in the steps: threads without work, or waiting for others
                """, measured.runMillis(), runs, all.millis(), all.millis() * all.idle());
        if (measured.peak() > 0) {
            out.printf(Locale.ROOT, "peak         %10.1f GFLOP/s  multiply-adds in registers, measured just now%n",
                    measured.peak());
        }
        out.println();
        out.flush();
    }

    private Column[] columns(StepTimes all, Column... first) {
        var micros = terminal.traits().unicode() ? "µs" : "us";
        var figures = Stream.of(isShort(all) ? micros : "ms", "share", "GFLOP/s", "of peak", "GB/s", "idle")
                .map(Column::number);
        return Stream.concat(Arrays.stream(first), figures).toArray(Column[]::new);
    }

    private static boolean isShort(StepTimes all) {
        return all.millis() < 10;
    }

    private static String[] cells(StepTimes times, StepTimes all, double peak, String... first) {
        var figures = Stream.of(
                String.format(Locale.ROOT, isShort(all) ? "%.1f" : "%.3f",
                        isShort(all) ? times.nanos() / 1e3 : times.millis()),
                String.format(Locale.ROOT, "%.1f %%", 100 * times.shareOf(all)),
                times.flops() == 0 ? "-" : String.format(Locale.ROOT, "%.1f", times.gflopPerSecond()),
                times.flops() == 0 || peak == 0 ? "-" : percent(times.gflopPerSecond() / peak),
                String.format(Locale.ROOT, "%.1f", times.gigabytesPerSecond()),
                percent(times.idle()));
        return Stream.concat(Arrays.stream(first), figures).toArray(String[]::new);
    }

    private static String percent(double share) {
        return Math.round(100 * share) + " %";
    }

    private void writeJson(Measured measured) {
        var all = measured.sum();
        new JsonLines(terminal.out()).line(line -> {
            parts.write(line, measured.model(), measured.part(), measured.device(), common.deviceOptions());
            line.writeNumberField("warmup", warmup);
            line.writeNumberField("runs", runs);
            line.writeArrayFieldStart("steps");
            for (int i = 0; i < measured.times().size(); i++) {
                line.writeStartObject();
                Explain.write(line, measured.plan().steps().get(i));
                measured.times().get(i).write(line, all, measured.peak());
                line.writeEndObject();
            }
            line.writeEndArray();
            line.writeArrayFieldStart("kinds");
            for (var kind : measured.byKind().entrySet()) {
                line.writeStartObject();
                line.writeStringField("kind", kind.getKey().toString());
                writeSum(line, kind.getValue(), all, measured.peak());
                line.writeEndObject();
            }
            line.writeEndArray();
            line.writeObjectFieldStart("totals");
            writeSum(line, all, all, measured.peak());
            line.writeEndObject();
            line.writeNumberField("run_ms", measured.runMillis());
            JsonLines.writeKnown(line, "peak_gflop_per_second", measured.peak(), measured.peak() > 0);
        });
    }

    private static void writeSum(JsonGenerator json, StepTimes sum, StepTimes all, double peak) throws IOException {
        json.writeNumberField("steps", sum.steps());
        json.writeNumberField("gflop", sum.flops() / 1e9);
        json.writeNumberField("bytes", sum.bytes());
        sum.write(json, all, peak);
    }
}
