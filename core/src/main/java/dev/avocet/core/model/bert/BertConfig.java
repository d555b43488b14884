// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model.bert;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.model.Config;

/**
 * Hugging Face's {@code BertConfig} and {@code AlignTextConfig}, with their names and defaults (transformers 5.23,
 * models/bert/configuration_bert.py and models/align/configuration_align.py).
 */
public record BertConfig(
        int vocabSize,
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int intermediateSize,
        Activation hiddenAct,
        int maxPositionEmbeddings,
        int typeVocabSize,
        double layerNormEps) {

    /** From config.json, or its text_config. */
    public static BertConfig of(Config config) {
        var positions = config.text("position_embedding_type", "absolute");
        config.require("position_embedding_type", positions.equals("absolute"), "\"absolute\"");
        config.require("is_decoder", !config.flag("is_decoder", false), "false");
        config.require("add_cross_attention", !config.flag("add_cross_attention", false), "false");
        int hiddenSize = config.positive("hidden_size", 768);
        int heads = config.positive("num_attention_heads", 12);
        config.require("hidden_size", hiddenSize % heads == 0, "a multiple of num_attention_heads, " + heads);
        return new BertConfig(
                config.positive("vocab_size", 30522),
                hiddenSize,
                config.layers("num_hidden_layers", 12),
                heads,
                config.positive("intermediate_size", 3072),
                Activation.named(config.text("hidden_act", "gelu")),
                config.positive("max_position_embeddings", 512),
                config.positive("type_vocab_size", 2),
                config.number("layer_norm_eps", 1e-12));
    }
}
