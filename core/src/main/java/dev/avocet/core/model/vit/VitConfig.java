// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model.vit;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.model.Config;
import dev.avocet.core.model.Extent;
import java.util.List;

/**
 * Hugging Face's {@code ViTConfig}, with its names and defaults (transformers 5.23, models/vit/configuration_vit.py).
 */
public record VitConfig(
        Extent imageSize,
        Extent patchSize,
        int numChannels,
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int intermediateSize,
        Activation hiddenAct,
        double layerNormEps,
        boolean qkvBias,
        int poolerOutputSize,
        Activation poolerAct,
        List<String> labels) {

    /** A picture of 4096 pixels in patches of 4, times 16. */
    private static final int MOST_PATCHES = 1 << 24;

    /** From config.json. */
    public static VitConfig of(Config config) {
        int hiddenSize = config.positive("hidden_size", 768);
        int heads = config.positive("num_attention_heads", 12);
        config.require("hidden_size", hiddenSize % heads == 0, "a multiple of num_attention_heads, " + heads);
        config.require("head_dim", config.integer("head_dim", hiddenSize / heads) == hiddenSize / heads,
                "hidden_size / num_attention_heads, " + hiddenSize / heads);
        var image = config.extent("image_size", 224);
        var patch = config.extent("patch_size", 16);
        config.require("patch_size", patch.height() <= image.height() && patch.width() <= image.width(),
                "at most image_size, " + image);
        long patches = (long) (image.height() / patch.height()) * (image.width() / patch.width());
        config.require("image_size", patches <= MOST_PATCHES, "one that makes at most " + MOST_PATCHES + " patches");
        return new VitConfig(
                image,
                patch,
                config.positive("num_channels", 3),
                hiddenSize,
                config.layers("num_hidden_layers", 12),
                heads,
                config.positive("intermediate_size", 3072),
                Activation.named(config.text("hidden_act", "gelu")),
                config.number("layer_norm_eps", 1e-12),
                config.flag("qkv_bias", true),
                config.positive("pooler_output_size", hiddenSize),
                Activation.named(config.text("pooler_act", "tanh")),
                config.labels());
    }

    /** The number of patches of a picture. */
    public int patches() {
        return (imageSize.height() / patchSize.height()) * (imageSize.width() / patchSize.width());
    }
}
