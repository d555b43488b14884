// SPDX-License-Identifier: Apache-2.0
package dev.avocet.core.model.efficientnet;

import dev.avocet.core.graph.Activation;
import dev.avocet.core.model.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Hugging Face's {@code AlignVisionConfig}, with its names and defaults (transformers 5.23,
 * models/align/configuration_align.py): the lists have one entry per stage, before width and depth are scaled.
 */
public record EfficientNetConfig(
        int numChannels,
        int imageSize,
        double widthCoefficient,
        double depthCoefficient,
        int depthDivisor,
        List<Integer> kernelSizes,
        List<Integer> inChannels,
        List<Integer> outChannels,
        List<Integer> depthwisePadding,
        List<Integer> strides,
        List<Integer> numBlockRepeats,
        List<Integer> expandRatios,
        double squeezeExpansionRatio,
        Activation hiddenAct,
        int hiddenDim,
        Pooling poolingType,
        double batchNormEps) {
    /** EfficientNet-L2, the largest that was published, has 800,000; batch norms are folded before anything else is read. */
    private static final int MOST_CHANNELS = 1 << 21;

    /** How the last feature map becomes one vector. */
    public enum Pooling {
        MEAN,
        MAX
    }

    /** From config.json, or its vision_config. */
    public static EfficientNetConfig of(Config config) {
        var pooling = config.text("pooling_type", "mean");
        config.require("pooling_type", pooling.equals("mean") || pooling.equals("max"), "\"mean\" or \"max\"");
        var strides = config.integers("strides", List.of(1, 2, 2, 2, 1, 2, 1));
        config.require("strides", strides.stream().allMatch(s -> s == 1 || s == 2), "a list of 1 and 2");
        var kernels = config.integers("kernel_sizes", List.of(3, 3, 5, 3, 5, 5, 3));
        config.require("kernel_sizes", kernels.stream().allMatch(k -> k >= 1), "a list of positive integers");
        var expansions = config.integers("expand_ratios", List.of(1, 6, 6, 6, 6, 6, 6));
        config.require("expand_ratios", expansions.stream().allMatch(e -> e >= 1), "a list of positive integers");
        var read = new EfficientNetConfig(
                config.positive("num_channels", 3),
                config.positive("image_size", 600),
                config.number("width_coefficient", 2.0),
                config.number("depth_coefficient", 3.1),
                config.positive("depth_divisor", 8),
                kernels,
                config.integers("in_channels", List.of(32, 16, 24, 40, 80, 112, 192)),
                config.integers("out_channels", List.of(16, 24, 40, 80, 112, 192, 320)),
                config.integers("depthwise_padding", List.of()),
                strides,
                config.integers("num_block_repeats", List.of(1, 2, 2, 3, 3, 4, 1)),
                expansions,
                config.number("squeeze_expansion_ratio", 0.25),
                Activation.named(config.text("hidden_act", "swish")),
                config.positive("hidden_dim", 2560),
                pooling.equals("mean") ? Pooling.MEAN : Pooling.MAX,
                config.number("batch_norm_eps", 0.001));
        int stages = read.inChannels.size();
        config.require("in_channels", stages >= 1, "a list with one entry per stage");
        for (var list : List.of(read.outChannels, kernels, strides, read.numBlockRepeats, read.expandRatios)) {
            config.require("in_channels", list.size() >= stages, "a list as long as those of the other stage settings");
        }
        double blocks = read.numBlockRepeats.stream()
                .mapToDouble(each -> Math.max(0, Math.ceil(read.depthCoefficient * each))).sum();
        config.require("num_block_repeats", blocks <= Config.MOST_LAYERS,
                "a list that makes at most " + Config.MOST_LAYERS + " blocks with depth_coefficient");
        config.require("width_coefficient", blocks * read.widest() <= MOST_CHANNELS,
                "one that makes at most " + MOST_CHANNELS + " channels in all blocks");
        return read;
    }

    /** No block has more channels. */
    private double widest() {
        double channels = Stream.of(inChannels, outChannels).flatMap(List::stream).mapToDouble(each -> each).max()
                .orElse(0);
        double expansion = expandRatios.stream().mapToDouble(each -> each).max().orElse(1);
        return Math.max(channels * widthCoefficient, depthDivisor) * expansion;
    }

    /** One block: channels in and out, the depthwise kernel, and what the block leaves out. */
    public record Block(int in, int out, int expandRatio, int kernel, int stride, boolean first,
            boolean adjustPadding) {}

    /** All blocks in order, width and depth scaled ({@code AlignVisionEncoder.__init__}). */
    public List<Block> blocks() {
        var blocks = new ArrayList<Block>();
        for (int stage = 0; stage < inChannels.size(); stage++) {
            int out = roundFilters(outChannels.get(stage));
            int repeats = (int) Math.ceil(depthCoefficient * numBlockRepeats.get(stage));
            for (int i = 0; i < repeats; i++) {
                boolean first = i == 0;
                blocks.add(new Block(
                        first ? roundFilters(inChannels.get(stage)) : out,
                        out,
                        expandRatios.get(stage),
                        kernelSizes.get(stage),
                        first ? strides.get(stage) : 1,
                        first,
                        !depthwisePadding.contains(blocks.size())));
            }
        }
        return blocks;
    }

    /** The channels of the first convolution. */
    public int stemChannels() {
        return roundFilters(32);
    }

    /**
     * Channels scaled by width, as a multiple of the divisor that is no more than 10 % smaller ({@code round_filters}).
     */
    int roundFilters(int channels) {
        double scaled = channels * widthCoefficient;
        int rounded = Math.max(
                depthDivisor, (int) (scaled + depthDivisor / 2.0) / depthDivisor * depthDivisor);
        return rounded < 0.9 * scaled ? rounded + depthDivisor : rounded;
    }
}
