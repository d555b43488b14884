// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.avocet.app.Table.Column;
import dev.avocet.core.backend.Outline;
import dev.avocet.core.graph.Step;
import dev.avocet.loader.Pretrained;
import java.io.IOException;
import java.util.Locale;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code avocet explain}. */
@Command(
        name = "explain",
        header = "Show what a run of a model computes, step by step.",
        description = {
            "",
            "Lists the steps of a run as the device does them, with what is computed in one pass, and what each has to",
            "compute and to move. Reads the headers of the weights alone. Each tower of ALIGN is listed by itself.",
            ""},
        footer = {"", "Example: avocet explain --model tiny-align --part image"})
final class Explain implements Executable {
    @Mixin
    private PartOptions parts;

    @Option(names = "--json", description = "Print JSON Lines: one object per part of the model.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Explain(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    private record Explained(String model, ModelPart part, String device, Outline outline) {
        long sum(ToLongFunction<Step> count) {
            return outline.steps().stream().mapToLong(count).sum();
        }

        double gflop() {
            return sum(Step::flops) / 1e9;
        }

        /** In the unit that suits all of them. */
        String flops(long count) {
            return count == 0 ? "-" : String.format(Locale.ROOT, "%.3f", count / (isSmall() ? 1e6 : 1e9));
        }

        boolean isSmall() {
            return gflop() < 1;
        }
    }

    @Override
    public int run() {
        var chosen = parts.model(terminal, common);
        try (var pretrained = Pretrained.open(chosen.folder());
                var device = common.open(terminal, () -> Work.of(chosen));
                var session = common.session(chosen.name(), pretrained, device)) {
            for (var part : parts.of(pretrained)) {
                var outline = session.outline(part.inputs(), part.outputs());
                var explained = new Explained(chosen.name(), part, device.description(), outline);
                if (json) {
                    writeJson(explained);
                } else {
                    writeText(explained);
                }
            }
            return OK;
        } catch (ArithmeticException e) {
            throw parts.tooLarge(e);
        }
    }

    private void writeText(Explained explained) {
        var out = terminal.out();
        var outline = explained.outline();
        out.println(parts.title(explained.model(), explained.part(), explained.device()));
        out.println();
        var table = new Table(
                Column.number("#"), Column.text("operation"), Column.path("layer"), Column.text("result"),
                Column.number("weights"), Column.number("reads"), Column.number("writes"),
                Column.number(explained.isSmall() ? "MFLOP" : "GFLOP"));
        int number = 1;
        for (var step : outline.steps()) {
            table.row(Integer.toString(number++), OperationLabel.of(step.node()).toString(), step.node().path(),
                    step.node().output().shape().toString(), bytes(step.weightBytes()), bytes(step.readBytes()),
                    bytes(step.writtenBytes()),
                    explained.flops(step.flops()));
        }
        table.row("", "all " + outline.steps().size(), "", "", bytes(explained.sum(Step::weightBytes)),
                bytes(explained.sum(Step::readBytes)), bytes(explained.sum(Step::writtenBytes)),
                explained.flops(explained.sum(Step::flops)));
        table.print(out);
        out.println();
        out.println("memory  weights " + Sizes.bytes(outline.weightBytes()) + " as the device packs them, activations "
                + Sizes.bytes(outline.scratchBytes()) + " for each run at a time");
        out.println();
        out.flush();
    }

    private static String bytes(long count) {
        return count == 0 ? "-" : Sizes.bytes(count);
    }

    private void writeJson(Explained explained) {
        var steps = explained.outline().steps();
        new JsonLines(terminal.out()).line(line -> {
            parts.write(line, explained.model(), explained.part(), explained.device(), common.deviceOptions());
            JsonLines.writeTexts(line, "outputs", explained.part().outputs());
            line.writeArrayFieldStart("steps");
            for (var step : steps) {
                line.writeStartObject();
                write(line, step);
                line.writeEndObject();
            }
            line.writeEndArray();
            line.writeObjectFieldStart("totals");
            line.writeNumberField("steps", steps.size());
            line.writeNumberField("gflop", explained.gflop());
            line.writeNumberField("weight_bytes", explained.sum(Step::weightBytes));
            line.writeNumberField("read_bytes", explained.sum(Step::readBytes));
            line.writeNumberField("written_bytes", explained.sum(Step::writtenBytes));
            line.writeNumberField("packed_bytes", explained.outline().weightBytes());
            line.writeNumberField("scratch_bytes", explained.outline().scratchBytes());
            line.writeEndObject();
        });
    }

    /** What there is to say of a step before it runs. */
    static void write(JsonGenerator json, Step step) throws IOException {
        var label = OperationLabel.of(step.node());
        json.writeStringField("operation", label.operation());
        JsonLines.writeTexts(json, "fused", label.fused());
        json.writeStringField("kind", OperationLabel.Kind.of(step.node().op()).toString());
        json.writeStringField("layer", step.node().path());
        JsonLines.writeInts(json, "shape", step.node().output().shape().toArray());
        json.writeNumberField("weight_bytes", step.weightBytes());
        json.writeNumberField("read_bytes", step.readBytes());
        json.writeNumberField("written_bytes", step.writtenBytes());
        json.writeNumberField("gflop", step.flops() / 1e9);
    }
}
