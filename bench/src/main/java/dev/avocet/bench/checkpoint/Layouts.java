// SPDX-License-Identifier: Apache-2.0
package dev.avocet.bench.checkpoint;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.ConfigException;
import dev.avocet.core.model.align.AlignConfig;
import dev.avocet.core.model.bert.BertConfig;
import dev.avocet.core.model.efficientnet.EfficientNetConfig;
import dev.avocet.core.model.vit.VitConfig;

/** The layouts of the checkpoints that Hugging Face transformers 5.23 writes for a configuration. */
public final class Layouts {
    private static final float TEMPERATURE = 0.07f;

    private Layouts() {}

    /** The layout for a config.json of {@code model_type} vit, align or bert. */
    public static Layout of(Config config, long seed) {
        var layout = Layout.empty(seed);
        var type = config.text("model_type", "");
        switch (type) {
            case "vit" -> vit(VitConfig.of(config), layout);
            case "bert" -> bert(BertConfig.of(config), layout);
            case "align" -> align(AlignConfig.of(config), layout);
            default -> throw new ConfigException(
                    config.source() + ": there are random weights for vit, align and bert, not for \"" + type + '"');
        }
        return layout;
    }

    private static void vit(VitConfig config, Layout layout) {
        int width = config.hiddenSize();
        var base = layout.at("vit");
        var embeddings = base.at("embeddings");
        embeddings.matrix("cls_token", 1, 1, width);
        embeddings.matrix("position_embeddings", 1, 1 + config.patches(), width);
        var projection = embeddings.at("patch_embeddings").at("projection");
        var patch = config.patchSize();
        projection.matrix("weight", width, config.numChannels(), patch.height(), patch.width());
        projection.vector("bias", width, 0);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            var layer = base.at("encoder").at("layer", i);
            layer.at("layernorm_before").norm(width);
            projections(layer.at("attention").at("attention"), width, config.qkvBias());
            layer.at("attention").at("output").at("dense").linear(width, width);
            layer.at("layernorm_after").norm(width);
            layer.at("intermediate").at("dense").linear(width, config.intermediateSize());
            layer.at("output").at("dense").linear(config.intermediateSize(), width);
        }
        base.at("layernorm").norm(width);
        layout.at("classifier").linear(width, config.labels().size());
    }

    private static void projections(Layout attention, int width, boolean bias) {
        for (var name : new String[] {"query", "key", "value"}) {
            attention.at(name).matrix("weight", width, width);
            if (bias) {
                attention.at(name).vector("bias", width, 0);
            }
        }
    }

    private static void align(AlignConfig config, Layout layout) {
        layout.constant("temperature", TEMPERATURE);
        bert(config.textConfig(), layout.at("text_model"));
        layout.at("text_projection").linear(config.textConfig().hiddenSize(), config.projectionDim());
        efficientNet(config.visionConfig(), layout.at("vision_model"));
    }

    private static void bert(BertConfig config, Layout layout) {
        int width = config.hiddenSize();
        var embeddings = layout.at("embeddings");
        embeddings.matrix("word_embeddings.weight", config.vocabSize(), width);
        embeddings.matrix("position_embeddings.weight", config.maxPositionEmbeddings(), width);
        embeddings.matrix("token_type_embeddings.weight", config.typeVocabSize(), width);
        embeddings.at("LayerNorm").norm(width);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            var layer = layout.at("encoder").at("layer", i);
            projections(layer.at("attention").at("self"), width, true);
            layer.at("attention").at("output").at("dense").linear(width, width);
            layer.at("attention").at("output").at("LayerNorm").norm(width);
            layer.at("intermediate").at("dense").linear(width, config.intermediateSize());
            layer.at("output").at("dense").linear(config.intermediateSize(), width);
            layer.at("output").at("LayerNorm").norm(width);
        }
        layout.at("pooler").at("dense").linear(width, width);
    }

    private static void efficientNet(EfficientNetConfig config, Layout layout) {
        var embeddings = layout.at("embeddings");
        embeddings.matrix("convolution.weight", config.stemChannels(), config.numChannels(), 3, 3);
        embeddings.at("batchnorm").batchNorm(config.stemChannels());
        int index = 0;
        for (var shape : config.blocks()) {
            var block = layout.at("encoder").at("blocks", index++);
            int inner = shape.in() * shape.expandRatio();
            if (shape.expandRatio() != 1) {
                block.at("expansion").matrix("expand_conv.weight", inner, shape.in(), 1, 1);
                block.at("expansion").at("expand_bn").batchNorm(inner);
            }
            var depthwise = block.at("depthwise_conv");
            depthwise.matrix("depthwise_conv.weight", inner, 1, shape.kernel(), shape.kernel());
            depthwise.at("depthwise_norm").batchNorm(inner);
            int squeezed = Math.max(1, (int) (shape.in() * config.squeezeExpansionRatio()));
            var excite = block.at("squeeze_excite");
            pointwise(excite.at("reduce"), inner, squeezed);
            pointwise(excite.at("expand"), squeezed, inner);
            block.at("projection").matrix("project_conv.weight", shape.out(), inner, 1, 1);
            block.at("projection").at("project_bn").batchNorm(shape.out());
        }
    }

    private static void pointwise(Layout layout, int inputs, int outputs) {
        layout.matrix("weight", outputs, inputs, 1, 1);
        layout.vector("bias", outputs, 0);
    }
}
