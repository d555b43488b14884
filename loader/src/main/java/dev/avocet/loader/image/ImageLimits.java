// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image;

/**
 * What {@link Image#read} refuses to take memory for.
 *
 * @param maxPixels the largest width times height
 * @param maxSide the largest width and height
 * @param maxBytes the most bytes that a file or stream may have, before it is decoded
 */
public record ImageLimits(long maxPixels, int maxSide, long maxBytes) {
    /** Pillow's hard limit of 178,956,970 pixels, sides that JPEG can have, and files of up to 1 GiB. */
    public static final ImageLimits DEFAULT = new ImageLimits(178_956_970, 65_535, 1L << 30);

    /** Throws {@link IllegalArgumentException} when a limit lets nothing through. */
    public ImageLimits {
        if (maxPixels < 1 || maxSide < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("limits that let no picture through: " + maxPixels + " pixels, side "
                    + maxSide + ", " + maxBytes + " bytes");
        }
    }
}
