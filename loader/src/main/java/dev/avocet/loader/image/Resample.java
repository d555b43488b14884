// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

import java.util.Arrays;
import java.util.Optional;

/** The filters of Pillow's {@code Image.resize}, under the numbers that Pillow and Hugging Face write for them. */
public enum Resample {
    /** The nearest pixel. */
    NEAREST(0, 0),
    /** A windowed sinc over three pixels to each side. */
    LANCZOS(1, 3),
    /** Linear between neighbours; when shrinking, a tent over all pixels that an output pixel covers. */
    BILINEAR(2, 1),
    /** Cubic convolution with a = -0.5. */
    BICUBIC(3, 2),
    /** The mean of the pixels that an output pixel covers. */
    BOX(4, 0.5),
    /** A windowed sinc as wide as {@link #BILINEAR}, and sharper. */
    HAMMING(5, 1);

    private final int number;
    private final double support;

    Resample(int number, double support) {
        this.number = number;
        this.support = support;
    }

    /** The filter with Pillow's number, 0 to 5; empty for any other. */
    public static Optional<Resample> of(long number) {
        return Arrays.stream(values()).filter(filter -> filter.number == number).findFirst();
    }

    /** Pillow's number for this filter, as in {@code preprocessor_config.json}. */
    public int number() {
        return number;
    }

    /** How far from its centre the filter reaches, in pixels of the larger picture. */
    double support() {
        return support;
    }

    /** The weight at a distance from the centre; the same float64 operations as in Pillow's {@code Resample.c}. */
    double weight(double distance) {
        double x = Math.abs(distance);
        return switch (this) {
            case NEAREST -> throw new IllegalStateException("the nearest pixel is taken, not weighted");
            case BOX -> distance > -0.5 && distance <= 0.5 ? 1 : 0;
            case BILINEAR -> x < 1 ? 1 - x : 0;
            case BICUBIC -> {
                double a = -0.5;
                if (x < 1) {
                    yield ((a + 2) * x - (a + 3)) * x * x + 1;
                }
                yield x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
            }
            case HAMMING -> {
                if (x == 0) {
                    yield 1;
                }
                // The window's constants are float32 there.
                yield x < 1 ? sinc(x) * (0.54f + 0.46f * StrictMath.cos(x * Math.PI)) : 0;
            }
            case LANCZOS -> distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0;
        };
    }

    private static double sinc(double x) {
        if (x == 0) {
            return 1;
        }
        double angle = x * Math.PI;
        return StrictMath.sin(angle) / angle;
    }
}
