// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model.vit;

import dev.avocet.core.graph.Ops;
import dev.avocet.core.model.InputShapes;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.FeedForward;
import dev.avocet.core.nn.LayerNorm;
import dev.avocet.core.nn.Linear;
import dev.avocet.core.nn.SelfAttention;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.Tensor;
import dev.avocet.core.tensor.Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * The Vision Transformer (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021) as in Hugging Face transformers
 * 5.23, models/vit/modeling_vit.py: {@code ViTForImageClassification}, or {@code ViTModel} where the checkpoint has no
 * classifier.
 *
 * <p>Input: pixel_values F32 [B,C,H,W] of the configured size. Results: logits [B,labels] where there is a classifier,
 * last_hidden_state [B,1+P,D], pooler_output where there is a pooler, hidden_states.N (before layer N; the last one
 * before the final norm) and attentions.N [B,heads,1+P,1+P].
 *
 * @param pooler null where the checkpoint has none
 * @param classifier null where the checkpoint has none
 */
public record Vit(
        VitConfig config, Embeddings embeddings, List<Layer> layers, LayerNorm layernorm, Linear pooler,
        Linear classifier)
        implements
        Model {

    /** The model with its weights. */
    public static Vit load(VitConfig config, Weights weights) {
        var base = weights.atOptional("vit");
        int width = config.hiddenSize();
        return new Vit(
                config,
                Embeddings.load(config, base.at("embeddings")),
                IntStream.range(0, config.numHiddenLayers())
                        .mapToObj(i -> Layer.load(config, base.at("encoder").at("layer", i)))
                        .toList(),
                LayerNorm.load(base.at("layernorm"), width, config.layerNormEps()),
                base.hasAny("pooler")
                        ? Linear.load(base.at("pooler").at("dense"), width, config.poolerOutputSize())
                        : null,
                weights.hasAny("classifier")
                        ? Linear.load(weights.at("classifier"), width, config.labels().size())
                        : null);
    }

    @Override
    public SequencedMap<String, DType> inputs() {
        var inputs = new LinkedHashMap<String, DType>();
        inputs.put("pixel_values", DType.F32);
        return inputs;
    }

    @Override
    public SequencedMap<String, Tensor> forward(Ops ops, Map<String, Shape> inputs) {
        InputShapes.checkNames(inputs, inputs());
        var size = config.imageSize();
        var shape = InputShapes.require(inputs, "pixel_values", -1, config.numChannels(), size.height(), size.width());
        var pixels = ops.input("pixel_values", DType.F32, shape);

        var results = new LinkedHashMap<String, Tensor>();
        var x = embeddings.forward(ops.at("embeddings"), pixels); // [B,1+P,D]
        results.put("hidden_states.0", x);
        for (int i = 0; i < layers.size(); i++) {
            var output = layers.get(i).forward(ops.at("encoder").at("layer", i), x);
            x = output.hidden();
            results.put("hidden_states." + (i + 1), x);
            results.put("attentions." + i, output.attentions());
        }
        var last = layernorm.forward(ops.at("layernorm"), x);
        results.put("last_hidden_state", last);
        var first = ops.reshape(ops.slice(last, 1, 0, 1), last.shape().dim(0), config.hiddenSize()); // [B,D]
        if (pooler != null) {
            results.put("pooler_output", ops.activation(pooler.forward(ops.at("pooler"), first), config.poolerAct()));
        }
        if (classifier != null) {
            results.put("logits", classifier.forward(ops.at("classifier"), first));
        }
        return results;
    }

    /**
     * A picture as tokens: its patches projected, a class token before them, and a learned position added to each.
     *
     * @param clsToken [1,1,D]
     * @param positionEmbeddings [1,1+P,D]
     * @param projection [C*ph*pw] to [D]
     */
    public record Embeddings(Weight clsToken, Weight positionEmbeddings, Linear projection, VitConfig config) {
        static Embeddings load(VitConfig config, Weights weights) {
            int width = config.hiddenSize();
            var patch = config.patchSize();
            return new Embeddings(
                    weights.get("cls_token", 1, 1, width),
                    weights.get("position_embeddings", 1, 1 + config.patches(), width),
                    Linear.ofPatches(
                            weights.at("patch_embeddings").at("projection"),
                            Shape.of(width, config.numChannels(), patch.height(), patch.width())),
                    config);
        }

        Tensor forward(Ops ops, Tensor pixels) {
            var patch = config.patchSize();
            var patches = projection.forward(ops, ops.patchify(pixels, patch.height(), patch.width())); // [B,P,D]
            var tokens = ops.concat(1, ops.constant(clsToken), patches); // [B,1+P,D]
            return ops.add(tokens, ops.constant(positionEmbeddings));
        }
    }

    /** An encoder layer; the norms come before attention and feed-forward. */
    public record Layer(
            LayerNorm layernormBefore,
            SelfAttention attention,
            Linear attentionOutput,
            LayerNorm layernormAfter,
            FeedForward mlp) {

        record Output(Tensor hidden, Tensor attentions) {}

        static Layer load(VitConfig config, Weights weights) {
            int width = config.hiddenSize();
            var attention = weights.at("attention");
            return new Layer(
                    LayerNorm.load(weights.at("layernorm_before"), width, config.layerNormEps()),
                    SelfAttention.load(attention.at("attention"), width, config.numAttentionHeads(), config.qkvBias()),
                    Linear.load(attention.at("output").at("dense"), width, width),
                    LayerNorm.load(weights.at("layernorm_after"), width, config.layerNormEps()),
                    FeedForward.load(weights, width, config.intermediateSize(), config.hiddenAct()));
        }

        Output forward(Ops ops, Tensor x) { // [B,S,D]
            var attended = attention.forward(ops.at("attention"), layernormBefore.forward(ops, x), null);
            var middle = ops.add(attentionOutput.forward(ops.at("attention.output"), attended.context()), x);
            var hidden = ops.add(mlp.forward(ops.at("mlp"), layernormAfter.forward(ops, middle)), middle);
            return new Output(hidden, attended.probabilities());
        }
    }
}
