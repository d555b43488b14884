// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** Ink to light as Pillow converts it, without a colour profile. */
final class Cmyk {
    private Cmyk() {}

    /** The light that is left of {@code white}, which black ink has let through, under an ink of 0 to 255. */
    static int over(int ink, int white) {
        // Pillow's rounded ink * white / 255.
        int product = ink * white + 128;
        return Math.max(0, white - ((product >> 8) + product >> 8));
    }
}
