// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.AvocetException;
import dev.avocet.core.graph.Graph;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.model.Extent;
import dev.avocet.core.model.Model;
import dev.avocet.core.model.align.Align;
import dev.avocet.core.model.bert.Bert;
import dev.avocet.core.model.efficientnet.EfficientNet;
import dev.avocet.core.model.vit.Vit;
import dev.avocet.core.tensor.Shape;
import dev.avocet.loader.Pretrained;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * A part of a model that runs by itself: a tower, or all of it.
 *
 * @param unit what it takes: {@code picture} or {@code text}
 * @param inputs the inputs' shapes, the batch first
 * @param outputs the results that are wanted; at first the one that people mostly want
 */
record ModelPart(Model model, String unit, SequencedMap<String, Shape> inputs, List<String> outputs) {
    /** The parts of a model, for so many pictures or texts at once, and texts of so many tokens. */
    static List<ModelPart> of(Pretrained pretrained, int batch, int tokens) {
        var model = pretrained.model();
        return switch (model) {
            case Vit vit -> List.of(pictures(model, vitPictures(vit, batch), vitOutput(vit)));
            case EfficientNet net -> List.of(pictures(model, pictures(net, pretrained, batch), "pooler_output"));
            case Bert _ -> List.of(texts(model, batch, tokens, "last_hidden_state"));
            case Align align -> List.of(
                    pictures(model, pictures(align.visionModel(), pretrained, batch), "image_embeds"),
                    texts(model, batch, tokens, "text_embeds"));
            default -> throw new AvocetException(pretrained.folder() + ": nothing is known of the inputs of a "
                    + model.getClass().getSimpleName());
        };
    }

    private static Shape vitPictures(Vit vit, int batch) {
        var size = vit.config().imageSize();
        return Shape.of(batch, vit.config().numChannels(), size.height(), size.width());
    }

    private static String vitOutput(Vit vit) {
        return vit.classifier() == null ? "last_hidden_state" : "logits";
    }

    /** The size that pictures are cropped to, where the folder says; the configuration's may be larger. */
    private static Shape pictures(EfficientNet net, Pretrained pretrained, int batch) {
        int channels = net.config().numChannels();
        var side = net.config().imageSize();
        var size = hasPreprocessor(pretrained.folder())
                ? pretrained.preprocessor().framing().fixed()
                : Optional.<Extent>empty();
        var extent = size.orElse(new Extent(side, side));
        return Shape.of(batch, channels, extent.height(), extent.width());
    }

    private static boolean hasPreprocessor(Path folder) {
        return Stream.of("preprocessor_config.json", "processor_config.json").map(folder::resolve)
                .anyMatch(Files::exists);
    }

    private static ModelPart pictures(Model model, Shape shape, String output) {
        var inputs = new LinkedHashMap<String, Shape>();
        inputs.put("pixel_values", shape);
        return new ModelPart(model, "picture", inputs, List.of(output));
    }

    private static ModelPart texts(Model model, int batch, int tokens, String output) {
        var inputs = new LinkedHashMap<String, Shape>();
        inputs.put("input_ids", Shape.of(batch, tokens));
        inputs.put("attention_mask", Shape.of(batch, tokens));
        return new ModelPart(model, "text", inputs, List.of(output));
    }

    /** Whether it takes texts rather than pictures. */
    boolean isText() {
        return inputs.containsKey("input_ids");
    }

    /** As --part and JSON name it. */
    String name() {
        return isText() ? "text" : "image";
    }

    /** The same part for those of some results that it has. */
    ModelPart with(Collection<String> wanted) {
        var results = record().outputs().keySet();
        return new ModelPart(model, unit, inputs, wanted.stream().filter(results::contains).toList());
    }

    private Graph record() {
        var ops = Ops.record();
        return ops.graph(model.forward(ops, inputs));
    }

    /** Floating-point operations of one run. */
    long flops() {
        return record().only(outputs).flops();
    }
}
