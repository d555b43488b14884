// SPDX-License-Identifier: Apache-2.0
/**
 * Decoders of the picture formats that people upload, in Java alone, each giving the pixels that Pillow 13 gives.
 *
 * <p>They exist because no decoder of the JDK's or around it gives the same pixels everywhere: the JDK's JPEG reader
 * upsamples 4:4:0 differently from libjpeg-turbo, refuses arithmetic coding, and is another libjpeg in every
 * distribution's JDK; the usual WebP plug-in does not interpolate chroma as libwebp does; and none of them can be held
 * to a bound on memory while it reads hostile bytes. These read from one array, check every size before they allocate,
 * and report what is wrong as a {@link dev.avocet.loader.image.codec.CodecException}.
 */
package dev.avocet.loader.image.codec;
