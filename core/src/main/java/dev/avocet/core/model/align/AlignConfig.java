// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model.align;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.bert.BertConfig;
import dev.avocet.core.model.efficientnet.EfficientNetConfig;

/**
 * Hugging Face's {@code AlignConfig}, with its names and defaults (transformers 5.23,
 * models/align/configuration_align.py).
 */
public record AlignConfig(BertConfig textConfig, EfficientNetConfig visionConfig, int projectionDim) {
    /** From config.json. */
    public static AlignConfig of(Config config) {
        return new AlignConfig(
                BertConfig.of(config.at("text_config")),
                EfficientNetConfig.of(config.at("vision_config")),
                config.positive("projection_dim", 640));
    }
}
