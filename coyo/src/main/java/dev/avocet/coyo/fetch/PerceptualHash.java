// SPDX-License-Identifier: Apache-2.0
package dev.avocet.coyo.fetch;

import dev.avocet.loader.image.Image;
import dev.avocet.loader.image.Resample;
import java.util.Arrays;

/**
 * A picture's perceptual hash as ImageHash's {@code phash} has it: grey, 32 by 32 pixels by Lanczos, the cosine transform, of its 8 by 8
 * lowest frequencies which are above their median. Pictures that look alike differ in few of the 64 bits.
 */
public final class PerceptualHash {
    /** The name of this variant: there are others, whose hashes can't be compared with these. */
    public static final String VARIANT = "imagehash.phash(hash_size=8, highfreq_factor=4)";

    private static final int SIZE = 32;
    private static final int LOW = 8;
    private static final double[][] COSINES = cosines();

    private PerceptualHash() {}

    private static double[][] cosines() {
        var cosines = new double[LOW][SIZE];
        for (int k = 0; k < LOW; k++) {
            for (int n = 0; n < SIZE; n++) {
                cosines[k][n] = 2 * Math.cos(Math.PI * k * (2 * n + 1) / (2 * SIZE));
            }
        }
        return cosines;
    }

    /** The hash as 16 hexadecimal digits. */
    public static String of(Image picture) {
        var grey = grey(picture).resize(SIZE, SIZE, Resample.LANCZOS);
        var rows = new double[LOW][SIZE]; // the transform of each column
        for (int k = 0; k < LOW; k++) {
            for (int x = 0; x < SIZE; x++) {
                for (int y = 0; y < SIZE; y++) {
                    rows[k][x] += COSINES[k][y] * (grey.rgb(x, y) & 0xFF);
                }
            }
        }
        var low = new double[LOW * LOW];
        for (int i = 0; i < low.length; i++) {
            for (int x = 0; x < SIZE; x++) {
                low[i] += COSINES[i % LOW][x] * rows[i / LOW][x];
            }
        }
        var sorted = low.clone();
        Arrays.sort(sorted);
        double median = (sorted[low.length / 2 - 1] + sorted[low.length / 2]) / 2;
        long hash = 0;
        for (double each : low) {
            hash = hash << 1 | (each > median ? 1 : 0);
        }
        return String.format("%016x", hash);
    }

    /** Pillow's grey, by the weights of ITU-R 601 in 16 bits, in all three channels. */
    private static Image grey(Image picture) {
        var rgb = picture.toRgb();
        for (int i = 0; i < rgb.length; i += 3) {
            int grey =
                    ((rgb[i] & 0xFF) * 19595 + (rgb[i + 1] & 0xFF) * 38470 + (rgb[i + 2] & 0xFF) * 7471 + 0x8000) >> 16;
            Arrays.fill(rgb, i, i + 3, (byte) grey);
        }
        return Image.of(picture.width(), picture.height(), rgb);
    }
}
