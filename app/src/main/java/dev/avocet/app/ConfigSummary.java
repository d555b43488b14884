// SPDX-License-Identifier: Apache-2.0
package dev.avocet.app;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.align.AlignConfig;
import dev.avocet.core.model.bert.BertConfig;
import dev.avocet.core.model.efficientnet.EfficientNetConfig;
import dev.avocet.core.model.vit.VitConfig;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** What a configuration amounts to, defaults filled in, under the names that config.json has; values are numbers or text. */
final class ConfigSummary {
    private ConfigSummary() {}

    /** The few fields that tell one model from another; none for a model that isn't known. */
    static SequencedMap<String, Object> of(Config config) {
        var fields = new LinkedHashMap<String, Object>();
        switch (config.text("model_type", "")) {
            case "vit" -> put(fields, VitConfig.of(config));
            case "align" -> {
                var align = AlignConfig.of(config);
                fields.put("projection_dim", align.projectionDim());
                put(fields, "vision_config.", align.visionConfig());
                put(fields, "text_config.", align.textConfig());
            }
            case "align_vision_model" -> put(fields, "", EfficientNetConfig.of(config));
            case "align_text_model", "bert" -> put(fields, "", BertConfig.of(config));
            default -> {}
        }
        return fields;
    }

    private static void put(Map<String, Object> fields, VitConfig vit) {
        fields.put("image_size", vit.imageSize().toString());
        fields.put("patch_size", vit.patchSize().toString());
        fields.put("hidden_size", vit.hiddenSize());
        fields.put("num_hidden_layers", vit.numHiddenLayers());
        fields.put("num_attention_heads", vit.numAttentionHeads());
        fields.put("intermediate_size", vit.intermediateSize());
        fields.put("hidden_act", lower(vit.hiddenAct()));
        fields.put("layer_norm_eps", vit.layerNormEps());
        fields.put("num_labels", vit.labels().size());
    }

    private static void put(Map<String, Object> fields, String prefix, EfficientNetConfig net) {
        fields.put(prefix + "image_size", net.imageSize());
        fields.put(prefix + "width_coefficient", net.widthCoefficient());
        fields.put(prefix + "depth_coefficient", net.depthCoefficient());
        fields.put(prefix + "blocks", net.blocks().size());
        fields.put(prefix + "hidden_act", lower(net.hiddenAct()));
        fields.put(prefix + "batch_norm_eps", net.batchNormEps());
    }

    private static void put(Map<String, Object> fields, String prefix, BertConfig bert) {
        fields.put(prefix + "vocab_size", bert.vocabSize());
        fields.put(prefix + "max_position_embeddings", bert.maxPositionEmbeddings());
        fields.put(prefix + "hidden_size", bert.hiddenSize());
        fields.put(prefix + "num_hidden_layers", bert.numHiddenLayers());
        fields.put(prefix + "num_attention_heads", bert.numAttentionHeads());
        fields.put(prefix + "intermediate_size", bert.intermediateSize());
        fields.put(prefix + "hidden_act", lower(bert.hiddenAct()));
        fields.put(prefix + "layer_norm_eps", bert.layerNormEps());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
