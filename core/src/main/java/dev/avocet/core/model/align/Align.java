// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model.align;

import dev.avocet.core.graph.Ops;
import dev.avocet.core.model.InputShapes;
import dev.avocet.core.model.Model;
import dev.avocet.core.model.bert.Bert;
import dev.avocet.core.model.efficientnet.EfficientNet;
import dev.avocet.core.nn.Linear;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * ALIGN (Jia et al., "Scaling Up Visual and Vision-Language Representation Learning With Noisy Text Supervision", 2021)
 * as in Hugging Face transformers 5.23, models/align/modeling_align.py {@code AlignModel}.
 *
 * <p>Inputs: those of {@link EfficientNet}, those of {@link Bert}, or both. Results: of a picture image_features (the
 * pooled map, not normalised), image_embeds (of length 1) and vision_model_output.*; of a text text_features,
 * text_embeds and text_model_output.*, all [B,projection_dim]; of both logits_per_image [images,texts] and
 * logits_per_text.
 *
 * @param temperature what the cosines are divided by
 */
public record Align(AlignConfig config, EfficientNet visionModel, Bert textModel, Linear textProjection,
        float temperature)
        implements
        Model {
    /** The model with its weights. */
    public static Align load(AlignConfig config, Weights weights) {
        return new Align(
                config,
                EfficientNet.load(config.visionConfig(), weights.at("vision_model")),
                Bert.load(config.textConfig(), weights.at("text_model")),
                Linear.load(weights.at("text_projection"), config.textConfig().hiddenSize(), config.projectionDim()),
                weights.scalar("temperature"));
    }

    @Override
    public SequencedMap<String, DType> inputs() {
        var inputs = new LinkedHashMap<String, DType>(visionModel.inputs());
        inputs.putAll(textModel.inputs());
        return inputs;
    }

    @Override
    public SequencedMap<String, Tensor> forward(Ops ops, Map<String, Shape> inputs) {
        InputShapes.checkNames(inputs, inputs());
        var results = new LinkedHashMap<String, Tensor>();
        var pictures = only(inputs, visionModel.inputs());
        var texts = only(inputs, textModel.inputs());
        if (pictures.isEmpty() && texts.isEmpty()) {
            throw new ShapeException("there is neither a picture (pixel_values) nor a text (input_ids)");
        }
        if (!pictures.isEmpty()) {
            var vision = visionModel.forward(ops.at("vision_model"), pictures);
            var features = vision.get("pooler_output");
            results.put("image_features", features);
            results.put("image_embeds", ops.l2Normalize(features));
            vision.forEach((name, tensor) -> results.put("vision_model_output." + name, tensor));
        }
        if (!texts.isEmpty()) {
            var text = textModel.record(ops.at("text_model"), texts);
            if (text.first() != null) {
                var features = textProjection.forward(ops.at("text_projection"), text.first());
                results.put("text_features", features);
                results.put("text_embeds", ops.l2Normalize(features));
            }
            text.results().forEach((name, tensor) -> results.put("text_model_output." + name, tensor));
        }
        if (results.containsKey("image_embeds") && results.containsKey("text_embeds")) {
            var images = results.get("image_embeds");
            var captions = results.get("text_embeds");
            results.put("logits_per_image", ops.scale(ops.matmul(images, captions), 1 / temperature));
            results.put("logits_per_text", ops.scale(ops.matmul(captions, images), 1 / temperature));
        }
        return results;
    }

    private static Map<String, Shape> only(Map<String, Shape> inputs, Map<String, DType> wanted) {
        return inputs.entrySet().stream()
                .filter(entry -> wanted.containsKey(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
