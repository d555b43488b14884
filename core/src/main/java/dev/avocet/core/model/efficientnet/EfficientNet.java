// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model.efficientnet;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.graph.Ops;
import dev.avocet.core.graph.Padding;
import dev.avocet.core.model.InputShapes;
import dev.avocet.core.model.Model;
import dev.avocet.core.nn.ConvNorm;
import dev.avocet.core.nn.DepthwiseConvNorm;
import dev.avocet.core.nn.Linear;
import dev.avocet.core.nn.Pointwise;
import dev.avocet.core.nn.SqueezeExcite;
import dev.avocet.core.nn.Weights;
import dev.avocet.core.tensor.DType;
import dev.avocet.core.tensor.Shape;
import dev.avocet.core.tensor.ShapeException;
import dev.avocet.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * EfficientNet (Tan and Le, 2019) as ALIGN uses it: Hugging Face transformers 5.23, models/align/modeling_align.py
 * {@code AlignVisionModel}.
 *
 * <p>Input: pixel_values F32 [B,C,H,W] of any size that leaves at least one pixel. Results: last_hidden_state
 * [B,C',H',W'], pooler_output [B,C'] and hidden_states.N [B,c,h,w], the first from the stem and one from each block.
 */
public record EfficientNet(EfficientNetConfig config, ConvNorm stem, List<Block> blocks) implements Model {
    /** The model with its weights. */
    public static EfficientNet load(EfficientNetConfig config, Weights weights) {
        var embeddings = weights.at("embeddings");
        var stem = ConvNorm.load(
                embeddings.at("convolution"), embeddings.at("batchnorm"), config.numChannels(), config.stemChannels(),
                new ConvNorm.Window(3, 2, new Padding(0, 1, 0, 1)), config.batchNormEps());
        var blocks = new ArrayList<Block>();
        for (var block : config.blocks()) {
            blocks.add(Block.load(config, block, weights.at("encoder").at("blocks", blocks.size())));
        }
        return new EfficientNet(config, stem, List.copyOf(blocks));
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
        var shape = InputShapes.require(inputs, "pixel_values", -1, config.numChannels(), -1, -1);
        var pixels = ops.input("pixel_values", DType.F32, shape);

        var results = new LinkedHashMap<String, Tensor>();
        var x = stem.forward(ops.at("embeddings"), ops.channelsLast(pixels)); // [B,H,W,C]
        x = ops.activation(x, config.hiddenAct());
        results.put("hidden_states.0", ops.channelsFirst(x));
        for (int i = 0; i < blocks.size(); i++) {
            x = blocks.get(i).forward(ops.at("encoder").at("blocks", i), x);
            results.put("hidden_states." + (i + 1), ops.channelsFirst(x));
        }
        results.put("last_hidden_state", ops.channelsFirst(x));
        results.put("pooler_output", pool(ops.at("pooler"), x));
        return results;
    }

    /** The reference pools windows of hidden_dim pixels and takes for granted that one window holds the picture. */
    private Tensor pool(Ops ops, Tensor x) { // [B,H,W,C]
        if (Math.max(x.shape().dim(1), x.shape().dim(2)) > config.hiddenDim()) {
            throw new ShapeException("pooler: the feature map " + x.shape() + " is larger than hidden_dim, "
                    + config.hiddenDim() + "; use a smaller picture");
        }
        var pooled = switch (config.poolingType()) {
            case MEAN -> ops.meanSpatial(x);
            case MAX -> ops.maxSpatial(x);
        };
        return ops.reshape(pooled, x.shape().dim(0), x.shape().dim(3)); // [B,C]
    }

    /**
     * A mobile inverted bottleneck: expansion, depthwise convolution, squeeze-and-excitation, projection.
     *
     * @param expansion null where the ratio is 1
     * @param residual whether the block's input is added to its result
     */
    public record Block(
            Linear expansion,
            DepthwiseConvNorm depthwise,
            SqueezeExcite squeezeExcite,
            Linear projection,
            Activation activation,
            boolean residual) {

        static Block load(EfficientNetConfig config, EfficientNetConfig.Block block, Weights weights) {
            boolean expands = block.expandRatio() != 1;
            int inner = block.in() * block.expandRatio();
            var expansion = weights.at("expansion");
            var depthwise = weights.at("depthwise_conv");
            var projection = weights.at("projection");
            int squeezed = Math.max(1, (int) (block.in() * config.squeezeExpansionRatio()));
            return new Block(
                    expands
                            ? Pointwise.loadWithNorm(expansion.at("expand_conv"), expansion.at("expand_bn"),
                                    block.in(), inner, config.batchNormEps())
                            : null,
                    DepthwiseConvNorm.load(depthwise.at("depthwise_conv"), depthwise.at("depthwise_norm"), inner,
                            new ConvNorm.Window(block.kernel(), block.stride(), padding(block)), config.batchNormEps()),
                    SqueezeExcite.load(weights.at("squeeze_excite"), inner, squeezed, config.hiddenAct()),
                    Pointwise.loadWithNorm(projection.at("project_conv"), projection.at("project_bn"),
                            inner, block.out(), config.batchNormEps()),
                    config.hiddenAct(),
                    block.stride() == 1 && !block.first());
        }

        /**
         * {@code correct_pad} and PyTorch's "same": a stride of 2 pads less before than after unless depthwise_padding
         * says otherwise.
         */
        private static Padding padding(EfficientNetConfig.Block block) {
            if (block.stride() == 1) {
                return Padding.same(block.kernel());
            }
            int after = block.kernel() / 2;
            int before = block.adjustPadding() ? after - 1 : after;
            return new Padding(before, after, before, after);
        }

        Tensor forward(Ops ops, Tensor x) { // [B,H,W,C]
            var wide = expansion == null ? x : ops.activation(expansion.forward(ops.at("expansion"), x), activation);
            var filtered = ops.activation(depthwise.forward(ops.at("depthwise_conv"), wide), activation);
            var weighed = squeezeExcite.forward(ops.at("squeeze_excite"), filtered);
            var projected = projection.forward(ops.at("projection"), weighed);
            return residual ? ops.add(projected, x) : projected;
        }
    }
}
