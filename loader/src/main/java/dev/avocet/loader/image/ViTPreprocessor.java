// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.Extent;
import java.util.Optional;

/**
 * transformers' {@code ViTImageProcessorPil}, once called ViTFeatureExtractor: resize, crop, rescale, normalise, pad.
 * By default 224 x 224, bilinear, no crop, 1/255, mean and deviation 0.5.
 */
public final class ViTPreprocessor implements Preprocessor {
    private static final Framing DEFAULTS = new Framing(
            Optional.of(new TargetSize.Exact(new Extent(224, 224))), Resample.BILINEAR, Optional.empty(),
            Optional.empty());

    private final Framing framing;
    private final float[] numbers;
    private final Lines.Pool lines = new Lines.Pool();

    private ViTPreprocessor(Framing framing, ChannelNumbers numbers) {
        this.framing = framing;
        this.numbers = numbers.table();
    }

    static ViTPreprocessor of(Config config) {
        var numbers = new ChannelNumbers().rescale(config);
        if (config.flag("do_normalize", true)) {
            numbers.normalize(ChannelNumbers.mean(config), ChannelNumbers.deviation(config));
        }
        return new ViTPreprocessor(Framing.of(config, DEFAULTS), numbers);
    }

    @Override
    public Framing framing() {
        return framing;
    }

    @Override
    public void preprocess(Image image, float[] into, int offset) {
        framing.write(image, numbers, into, offset, lines);
    }
}
