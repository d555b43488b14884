// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** Asked by a decoder, before it allocates anything, whether it may decode a picture of these dimensions. */
@FunctionalInterface
public interface SizeCheck {
    /**
     * Returns when the dimensions, of at least 1, are acceptable and throws {@link CodecException#tooLarge} when they
     * are not.
     */
    void check(long width, long height) throws CodecException;
}
