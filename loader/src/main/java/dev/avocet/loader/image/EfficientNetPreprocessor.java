// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import dev.avocet.core.model.Config;
import dev.avocet.core.model.Extent;
import java.util.List;
import java.util.Optional;

/**
 * transformers' {@code EfficientNetImageProcessorPil}, which ALIGN uses: resize, crop, rescale, normalise, and for
 * classifiers ({@code include_top}) divide by the deviation once more. By default 346 x 346, bicubic, no crop (289 x
 * 289 when {@code do_center_crop} is set), 1/255, mean and deviation 0.5, {@code include_top}. It does not pad.
 */
public final class EfficientNetPreprocessor implements Preprocessor {
    private static final Framing DEFAULTS = new Framing(
            Optional.of(new TargetSize.Exact(new Extent(346, 346))), Resample.BICUBIC,
            Optional.of(new Extent(289, 289)), Optional.empty());

    private final Framing framing;
    private final float[] numbers;
    private final Lines.Pool lines = new Lines.Pool();

    private EfficientNetPreprocessor(Framing framing, ChannelNumbers numbers) {
        this.framing = framing;
        this.numbers = numbers.table();
    }

    static EfficientNetPreprocessor of(Config config) {
        var numbers = new ChannelNumbers().rescale(config);
        if (config.flag("do_rescale", true) && config.flag("rescale_offset", false)) {
            numbers.lower();
        }
        if (config.flag("do_normalize", true)) {
            numbers.normalize(ChannelNumbers.mean(config), ChannelNumbers.deviation(config));
        }
        if (config.flag("include_top", true)) {
            numbers.normalize(List.of(0.0, 0.0, 0.0), ChannelNumbers.deviation(config));
        }
        return new EfficientNetPreprocessor(Framing.of(config, DEFAULTS).withoutPad(), numbers);
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
