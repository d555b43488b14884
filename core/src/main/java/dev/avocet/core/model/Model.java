// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model;

import dev.avocet.core.graph.Ops;
import dev.avocet.core.model.align.Align;
import dev.avocet.core.model.align.AlignConfig;
import dev.avocet.core.model.bert.Bert;
import dev.avocet.core.model.bert.BertConfig;
import dev.avocet.core.model.efficientnet.EfficientNet;
import dev.avocet.core.model.efficientnet.EfficientNetConfig;
import dev.avocet.core.model.vit.Vit;
import dev.avocet.core.model.vit.VitConfig;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.core.tensor.Tensor;
import java.util.Map;
import java.util.SequencedMap;

/** A network with its weights: immutable, and without memory of its own. */
public interface Model {
    /** The inputs that it may be given, by Hugging Face's names, with their types. */
    SequencedMap<String, DType> inputs();

    /**
     * Records all results for inputs of these shapes, by Hugging Face's names.
     *
     * @throws ShapeException where inputs are missing or don't fit the configuration
     */
    SequencedMap<String, Tensor> forward(Ops ops, Map<String, Shape> inputs);

    /**
     * The model that a configuration describes, with weights from a checkpoint.
     *
     * @throws ConfigException where the configuration asks for something that isn't implemented
     * @throws dev.avocet.core.nn.WeightMismatch where a tensor is missing, left over or of another shape
     */
    static Model load(Config config, Weights stored) {
        var weights = stored.renamed(VersionNames::common);
        var model = switch (config.text("model_type", "")) {
            case "vit" -> Vit.load(VitConfig.of(config), weights);
            case "align" -> Align.load(AlignConfig.of(config), weights);
            case "align_vision_model" ->
                EfficientNet.load(EfficientNetConfig.of(config), weights.atOptional("vision_model"));
            case "align_text_model" -> Bert.load(BertConfig.of(config), weights.atOptional("text_model"));
            case "bert" -> Bert.load(BertConfig.of(config), weights.atOptional("bert"));
            case String other -> throw new ConfigException(config.source() + ": model_type \"" + other
                    + "\" is not supported; known are vit, align, align_vision_model, align_text_model, bert");
        };
        weights.finish(Model::isIgnored);
        return model;
    }

    /**
     * Tensors that inference has no use for: counters of training steps, position numbers that older versions stored,
     * and the heads that a model was trained with but that its base model does not have.
     */
    private static boolean isIgnored(String name) {
        return name.endsWith(".num_batches_tracked")
                || name.endsWith("embeddings.position_ids")
                || name.endsWith("embeddings.token_type_ids")
                || name.endsWith("embeddings.mask_token")
                || name.startsWith("cls.");
    }
}
