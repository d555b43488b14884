// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/** Any bytes as a picture: refused, or pixels of a size within the limits. */
public final class ImageFuzz {
    private static final ImageLimits LIMITS = new ImageLimits(1 << 14, 1 << 12, 1 << 20);

    private ImageFuzz() {}

    /** The bytes are the file's. */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            var image = Image.read(input, LIMITS);
            if ((long) image.width() * image.height() > LIMITS.maxPixels()) {
                throw new IllegalStateException("accepted: " + image);
            }
        } catch (ImageException refused) {
            // The last resort for a decoder's own mistake, which nobody should ever see.
            if (refused.getMessage().contains("was not prepared for")) {
                throw refused;
            }
        }
    }
}
