// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.Session;
import dev.avocet.core.tensor.HostTensor;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import dev.avocet.loader.image.Image;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code avocet verify}. */
@Command(
        name = "verify",
        header = "Hold a model's results against published ones.",
        description = {
            "",
            "Computes what others have published for the model, and prints ours, theirs and the difference.",
            "The pictures that this takes are downloaded, or taken from a folder.",
            ""},
        footer = {"", "Example: avocet verify kakaobrain/align-base"})
final class Verify implements Executable {
    @Parameters(paramLabel = "MODEL", description = ModelReference.HELP)
    private String model;

    @Option(names = "--pictures", paramLabel = "FOLDER",
            description = "Where the pictures are, by the last part of their addresses; those that are not there are "
                    + "downloaded.")
    private Path pictures;

    @Option(names = "--values", paramLabel = "FILE",
            description = "A table of published values in JSON. Default: the one that comes with Avocet.")
    private Path values;

    @Option(names = "--json", description = "Print JSON Lines: one object per value.")
    private boolean json;

    private final Terminal terminal;
    private final CommonOptions common;

    Verify(Terminal terminal, CommonOptions common) {
        this.terminal = terminal;
        this.common = common;
    }

    @Override
    public int run() {
        var published = values == null ? PublishedValues.of(model) : PublishedValues.of(values);
        var chosen = ModelReference.of(model, terminal, common);
        try (var pretrained = Pretrained.open(chosen.folder());
                var device = common.open(terminal, () -> Work.of(chosen));
                var session = common.session(chosen.name(), pretrained, device)) {
            var computed = compute(published, pretrained, session);
            if (json) {
                writeJson(computed);
            } else {
                writeText(computed);
            }
            long wrong = computed.stream().filter(each -> !each.isRight()).count();
            if (wrong > 0) {
                terminal.say(
                        wrong + " of " + computed.size() + " values differ by more than is allowed; report it with "
                                + "what \"avocet doctor\" says");
            }
            return wrong == 0 ? OK : FAILED;
        }
    }

    /** One published value, and what came out here. */
    private record Value(PublishedValues.Check check, String name, double ours, double published) {
        double difference() {
            return Math.abs(ours - published);
        }

        boolean isRight() {
            return difference() <= check.tolerance();
        }

        String title() {
            return check.what() + ": " + name;
        }
    }

    private List<Value> compute(PublishedValues published, Pretrained pretrained, Session session) {
        var computed = new ArrayList<Value>();
        var fetched = new HashMap<String, Image>();
        for (var check : published.checks()) {
            var image = fetched.computeIfAbsent(check.image(), this::picture);
            var row = row(check, pretrained, session, image);
            for (int i = 0; i < check.names().size(); i++) {
                var name = check.names().get(i);
                double ours = row[check.texts().isEmpty() ? index(name, pretrained) : i];
                computed.add(new Value(check, name, ours, check.published().get(i)));
            }
        }
        return computed;
    }

    private void writeText(List<Value> computed) {
        var table = new Table(Table.Column.text("value"), Table.Column.number("ours"), Table.Column.number("published"),
                Table.Column.number("difference"), Table.Column.number("allowed"), Table.Column.text(""));
        for (var each : computed) {
            table.row(each.title(), number(each.ours()), number(each.published()), number(each.difference()),
                    number(each.check().tolerance()), each.isRight() ? "" : "DIFFERS");
        }
        table.print(terminal.out());
        terminal.out().println();
        computed.stream().map(each -> each.check().source()).distinct()
                .forEach(source -> terminal.out().println("published by " + source));
        terminal.out().flush();
    }

    private void writeJson(List<Value> computed) {
        var lines = new JsonLines(terminal.out());
        for (var each : computed) {
            lines.line(json -> {
                json.writeStringField("value", each.title());
                JsonLines.writeKnown(json, "ours", each.ours(), Double.isFinite(each.ours()));
                json.writeNumberField("published", each.published());
                JsonLines.writeKnown(json, "difference", each.difference(), Double.isFinite(each.difference()));
                json.writeNumberField("allowed", each.check().tolerance());
                json.writeBooleanField("right", each.isRight());
                json.writeStringField("source", each.check().source());
            });
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    private Image picture(String address) {
        var name = URI.create(address).getPath().replaceFirst(".*/", "");
        var local = pictures == null ? null : pictures.resolve(name);
        return local != null && Files.exists(local) ? Image.read(local) : Image.read(common.fetch(address));
    }

    /** The first row of the result that a check is about. */
    private static float[] row(PublishedValues.Check check, Pretrained pretrained, Session session, Image image) {
        var inputs = new LinkedHashMap<String, HostTensor>();
        var preprocessor = pretrained.preprocessor();
        var size = preprocessor.framing().of(image);
        var pixels = new float[3 * size.height() * size.width()];
        preprocessor.preprocess(image, pixels, 0);
        inputs.put("pixel_values", HostTensor.of(Shape.of(1, 3, size.height(), size.width()), pixels));
        if (!check.texts().isEmpty()) {
            var texts = pretrained.tokenizer().encodeToLength(check.texts(), check.maxLength());
            inputs.put("input_ids", texts.inputIds());
            inputs.put("attention_mask", texts.attentionMask());
        }
        Map<String, HostTensor> results = session.run(inputs, List.of(check.output()));
        var row = results.get(check.output()).toFloats();
        return check.isSoftmax() ? softmax(row) : row;
    }

    private static float[] softmax(float[] row) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float each : row) {
            largest = Math.max(largest, each);
        }
        double sum = 0;
        for (float each : row) {
            sum += Math.exp(each - largest);
        }
        var probabilities = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            probabilities[i] = (float) (Math.exp(row[i] - largest) / sum);
        }
        return probabilities;
    }

    /** A class by its name, of which labels such as "tabby, tabby cat" have several, or by its number. */
    private static int index(String name, Pretrained pretrained) {
        var labels = pretrained.config().labels();
        for (int i = 0; i < labels.size(); i++) {
            if (labels.get(i).equals(name) || labels.get(i).startsWith(name + ",") || name.equals("class " + i)) {
                return i;
            }
        }
        throw new AvocetException(
                pretrained.folder() + ": the model has no class \"" + name + "\"; is it the model that the "
                        + "values are of?");
    }
}
