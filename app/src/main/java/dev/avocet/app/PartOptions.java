// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.avocet.core.AvocetException;
import dev.avocet.core.backend.DeviceOptions;
import dev.avocet.loader.Pretrained;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** Which parts of which model a report is about, and how much they are given. */
final class PartOptions {
    @Option(names = "--model", paramLabel = "MODEL", description = ModelReference.HELP + " Default: tiny-vit.")
    private String model;

    @Option(names = "--part", paramLabel = "PART",
            description = "Of ALIGN, only its image or its text tower: image or text.")
    private Part part;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1", converter = AtLeastOne.class,
            description = "Pictures or texts in a run. Default: 1.")
    private int batch;

    @Option(names = {"--tokens", "--text-length"}, paramLabel = "N", defaultValue = "64", converter = AtLeastOne.class,
            description = "Tokens in a text. Default: 64.")
    private int tokens;

    @Option(names = "--outputs", paramLabel = "NAME", split = ",",
            description = "The results to compute, separated by commas and named as \"avocet run\" writes them. Default: "
                    + "logits or embeddings.")
    private List<String> outputs;

    /** What a part takes. */
    enum Part {
        /** Pictures. */
        image,
        /** Texts. */
        text
    }

    /** The model that was named, or the demo. */
    ModelReference model(Terminal terminal, CommonOptions common) {
        return ModelReference.of(model, Demo.TINY_VIT, terminal, common);
    }

    int batch() {
        return batch;
    }

    /** The parts that were asked for. */
    List<ModelPart> of(Pretrained pretrained) {
        var all = ModelPart.of(pretrained, batch, tokens);
        var chosen = all.stream().filter(each -> part == null || each.isText() == (part == Part.text)).toList();
        if (chosen.isEmpty()) {
            throw new AvocetException(pretrained.folder() + ": this model has no " + part + " part; leave out --part");
        }
        return outputs == null ? chosen : withOutputs(pretrained, chosen);
    }

    /** Each part with the results that it has; every one must be some part's. */
    private List<ModelPart> withOutputs(Pretrained pretrained, List<ModelPart> chosen) {
        var found = chosen.stream().map(each -> each.with(outputs)).filter(each -> !each.outputs().isEmpty()).toList();
        for (var output : outputs) {
            if (found.stream().noneMatch(each -> each.outputs().contains(output))) {
                throw new AvocetException(pretrained.folder() + ": there is no output \"" + output
                        + "\" of what was chosen; \"avocet run\" with --hidden-states and --attentions writes all there are");
            }
        }
        return found;
    }

    /** What is run, and where, in words. */
    String title(String name, ModelPart of, String device) {
        return DisplayText.clean(name) + ", " + batch + " " + of.unit() + (batch == 1 ? "" : "s")
                + (of.isText() ? " of " + tokens + " tokens" : "") + " in a run, on " + device;
    }

    /** The same as fields. */
    void write(JsonGenerator json, String name, ModelPart of, String device, DeviceOptions options) throws IOException {
        json.writeStringField("model", name);
        json.writeStringField("part", of.name());
        json.writeStringField("device", device);
        json.writeNumberField("threads", options.threads());
        json.writeNumberField("batch", batch);
        if (of.isText()) {
            json.writeNumberField("tokens", tokens);
        }
    }

    /** What to say where a size does not fit into its type. */
    AvocetException tooLarge(ArithmeticException e) {
        return new AvocetException("a batch of " + batch + " is too large for one run; give a smaller --batch", e);
    }
}
