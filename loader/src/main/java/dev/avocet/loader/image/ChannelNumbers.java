// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import dev.avocet.core.model.Config;
import java.util.Collections;
import java.util.List;

/**
 * What each of the 256 values of each of the three channels becomes.
 *
 * <p>Every step of Hugging Face's processors after resizing looks at one value at a time, so a table holds exactly what
 * its NumPy operations give; they are done here one by one and in the same precision.
 */
final class ChannelNumbers {
    private final float[] numbers = new float[3 * 256];

    /** The values as they are, 0 to 255. */
    ChannelNumbers() {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i % 256;
        }
    }

    /** {@code do_rescale}: times {@code rescale_factor} in float64, then rounded to float32. */
    ChannelNumbers rescale(Config config) {
        if (config.flag("do_rescale", true)) {
            double factor = config.number("rescale_factor", 1.0 / 255);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) (numbers[i] * factor);
            }
        }
        return this;
    }

    /** Minus 1, in float32. */
    ChannelNumbers lower() {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] -= 1;
        }
        return this;
    }

    /** Minus a mean, then divided by a deviation, in float32. */
    ChannelNumbers normalize(List<Double> mean, List<Double> deviation) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (numbers[i] - mean.get(i / 256).floatValue()) / deviation.get(i / 256).floatValue();
        }
        return this;
    }

    /** {@code image_mean}: one number for each channel, or one for all. */
    static List<Double> mean(Config config) {
        return perChannel(config, "image_mean");
    }

    /** {@code image_std}: one number for each channel, or one for all, and none of them 0. */
    static List<Double> deviation(Config config) {
        var deviation = perChannel(config, "image_std");
        config.require("image_std", !deviation.contains(0.0), "other than 0");
        return deviation;
    }

    private static List<Double> perChannel(Config config, String name) {
        var values = config.fields().get(name) instanceof Number
                ? Collections.nCopies(3, config.number(name, 0))
                : config.numbers(name, List.of(0.5, 0.5, 0.5));
        config.require(name, values.size() == 3, "a number, or one for each of 3 channels");
        return values;
    }

    /** {@code [3,256]}. */
    float[] table() {
        return numbers;
    }
}
