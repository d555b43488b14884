// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.avocet.app.Table.Column;
import dev.avocet.core.nn.Mismatch;
import dev.avocet.loader.checkpoint.Checkpoint;
import dev.avocet.loader.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet inspect}. */
@Command(
        name = "inspect",
        header = "Show what is in a model or a weight file.",
        description = {
            "",
            "Prints the configuration, every tensor, the totals, and whether configuration and tensors go together.",
            "Reads the headers alone, whatever the size.",
            ""},
        footer = {"", "Example: avocet inspect tiny-vit"})
final class Inspect implements Executable {
    @Parameters(paramLabel = "MODEL|FILE", description = "A model, or a .safetensors file or its index.json.")
    private String model;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Inspect(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var path = ModelReference.resolve(model, terminal, common);
        try (var checkpoint = Checkpoint.open(path)) {
            var inspection = Inspection.of(path, checkpoint);
            if (json) {
                writeJson(inspection);
            } else {
                writeText(inspection);
            }
            terminal.out().flush();
            inspection.fit().flatMap(Inspection.Fit::problem).ifPresent(terminal::say);
            return inspection.isSound() ? OK : FAILED;
        }
    }

    private void writeText(Inspection inspection) {
        var checkpoint = inspection.checkpoint();
        line("path", inspection.path());
        inspection.config().ifPresent(config -> {
            line("model_type", config.text("model_type", "?"));
            line("architectures", String.join(", ", config.texts("architectures", List.of())));
        });
        inspection.summary().forEach(this::line);
        inspection.fit().ifPresent(this::summarize);
        checkpoint.metadata().forEach((key, value) -> line("metadata", key + " = " + value));
        terminal.out().println();
        for (var tensor : checkpoint.tensors()) {
            terminal.out().printf("%-6s %-20s %8s  %s%n", tensor.type(), shape(tensor), Sizes.bytes(tensor.bytes()),
                    DisplayText.clean(tensor.name()));
        }
        var totals = TensorTotals.of(checkpoint);
        var byType = totals.bytesByType().entrySet().stream()
                .map(each -> each.getKey() + " " + Sizes.bytes(each.getValue()))
                .collect(Collectors.joining(", "));
        terminal.out().printf("%n%s in %s, %s %s, %s (%s)%n", plural(totals.tensors(), "tensor"),
                plural(checkpoint.files().size(), "file"), Sizes.count(totals.parameters()),
                inspection.config().isPresent() ? "parameters" : "numbers", Sizes.bytes(totals.bytes()),
                byType);
        inspection.fit().map(Inspection.Fit::differences).ifPresent(this::list);
    }

    private void summarize(Inspection.Fit fit) {
        line("weights", fit.problem().isEmpty()
                ? "complete"
                : "do not fit the configuration" + (fit.differences().isEmpty() ? "" : ": " + fit.count()));
        var title = "not needed";
        for (var each : fit.ignoredPatterns().entrySet()) {
            line(title, each.getKey() + (each.getValue() == 1 ? "" : " (" + each.getValue() + ")"));
            title = "";
        }
    }

    private void list(List<Mismatch> differences) {
        if (differences.isEmpty()) {
            return;
        }
        var table = new Table(
                Column.text("what is wrong"), Column.text("wanted"), Column.text("found"), Column.text("tensor"));
        differences.forEach(each -> table.row(Inspection.Fit.words(each.kind()), each.wanted(), each.found(),
                DisplayText.clean(each.name())));
        terminal.out().println();
        table.print(terminal.out());
    }

    private static String plural(int count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    private void line(String name, Object value) {
        terminal.out().printf("%-36s %s%n", DisplayText.clean(name), DisplayText.clean(value.toString()));
    }

    private static String shape(StoredTensor tensor) {
        return tensor.shape().stream().map(Object::toString).collect(Collectors.joining(",", "[", "]"));
    }

    private void writeJson(Inspection inspection) {
        new JsonLines(terminal.out()).line(json -> {
            json.writeStringField("path", inspection.path().toString());
            if (inspection.config().isPresent()) {
                var config = inspection.config().get();
                json.writeStringField("model_type", config.text("model_type", null));
                JsonLines.writeTexts(json, "architectures", config.texts("architectures", List.of()));
                json.writeObjectFieldStart("config");
                for (var each : inspection.summary().entrySet()) {
                    writeValue(json, each);
                }
                json.writeEndObject();
            }
            if (inspection.fit().isPresent()) {
                var fit = inspection.fit().get();
                json.writeObjectFieldStart("weights");
                json.writeBooleanField("complete", fit.problem().isEmpty());
                json.writeStringField("problem", fit.problem().orElse(null));
                json.writeArrayFieldStart("differences");
                for (var each : fit.differences()) {
                    json.writeStartObject();
                    json.writeStringField("kind", each.kind().name().toLowerCase(Locale.ROOT));
                    json.writeStringField("name", each.name());
                    json.writeStringField("wanted", each.wanted());
                    json.writeStringField("found", each.found());
                    json.writeStringField("file", each.origin());
                    json.writeEndObject();
                }
                json.writeEndArray();
                JsonLines.writeTexts(json, "ignored", fit.ignored());
                json.writeEndObject();
            }
            writeTensors(json, inspection.checkpoint());
        });
    }

    private static void writeTensors(JsonGenerator json, Checkpoint checkpoint) throws IOException {
        var totals = TensorTotals.of(checkpoint);
        JsonLines.writeTexts(json, "files", checkpoint.files().stream().map(Path::toString).toList());
        json.writeObjectFieldStart("totals");
        json.writeNumberField("tensors", totals.tensors());
        json.writeNumberField("parameters", totals.parameters());
        json.writeNumberField("bytes", totals.bytes());
        json.writeObjectFieldStart("bytes_by_dtype");
        for (var each : totals.bytesByType().entrySet()) {
            json.writeNumberField(each.getKey().name(), each.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeObjectFieldStart("metadata");
        for (var each : checkpoint.metadata().entrySet()) {
            json.writeStringField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("tensors");
        for (var tensor : checkpoint.tensors()) {
            json.writeStartObject();
            json.writeStringField("name", tensor.name());
            json.writeStringField("dtype", tensor.type().name());
            json.writeFieldName("shape");
            var shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
            json.writeArray(shape, 0, shape.length);
            json.writeNumberField("bytes", tensor.bytes());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeValue(JsonGenerator json, Map.Entry<String, Object> field) throws IOException {
        switch (field.getValue()) {
            case Integer number -> json.writeNumberField(field.getKey(), number);
            case Double number -> json.writeNumberField(field.getKey(), number);
            case Object other -> json.writeStringField(field.getKey(), other.toString());
        }
    }
}
