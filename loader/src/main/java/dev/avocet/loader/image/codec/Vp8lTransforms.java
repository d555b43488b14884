// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The transforms that an encoder has put a VP8L picture through (RFC 9649, section 3.5), and their inverses. */
final class Vp8lTransforms {
    private static final int PREDICTOR = 0;
    private static final int CROSS_COLOUR = 1;
    private static final int SUBTRACT_GREEN = 2;
    private static final int PALETTE = 3;

    private static final int OPAQUE_BLACK = 0xff000000;

    /** Reads an image that belongs to a transform. */
    @FunctionalInterface
    interface SubImages {
        int[] read(int width, int height) throws CodecException;
    }

    /** A transform, the size of its blocks or of its packed pixels in bits, its image, and its picture's width. */
    private record Transform(int type, int bits, int[] image, int width) {}

    private final SubImages subImages;
    private final Vp8lBits bits;
    private final int height;
    private final List<Transform> transforms = new ArrayList<>();
    private int width;

    Vp8lTransforms(SubImages subImages, Vp8lBits bits, int width, int height) {
        this.subImages = subImages;
        this.bits = bits;
        this.width = width;
        this.height = height;
    }

    /** Reads all transforms and returns how wide the picture is that they have left. */
    int readAll() throws CodecException {
        int seen = 0;
        while (bits.flag()) {
            int type = bits.number(2);
            if ((seen & 1 << type) != 0) {
                throw CodecException.corrupt("it has the same transform twice");
            }
            seen |= 1 << type;
            transforms.add(read(type));
        }
        return width;
    }

    private Transform read(int type) throws CodecException {
        return switch (type) {
            case PREDICTOR, CROSS_COLOUR -> {
                int blockBits = 2 + bits.number(3);
                var image = subImages.read(Vp8lDecoder.blocks(width, blockBits), Vp8lDecoder.blocks(height, blockBits));
                yield new Transform(type, blockBits, image, width);
            }
            case PALETTE -> {
                int colours = bits.number(8) + 1;
                int packing = colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3;
                var palette = subImages.read(colours, 1);
                for (int i = 1; i < colours; i++) {
                    palette[i] = add(palette[i], palette[i - 1]);
                }
                // Indices beyond the palette are transparent black.
                var transform = new Transform(type, packing, Arrays.copyOf(palette, 256), width);
                width = Vp8lDecoder.blocks(width, packing);
                yield transform;
            }
            default -> new Transform(type, 0, null, width);
        };
    }

    /** Undoes all transforms, the last first. */
    int[] invert(int[] pixels) {
        var result = pixels;
        for (var transform : transforms.reversed()) {
            switch (transform.type) {
                case PREDICTOR -> addPredictions(transform, result);
                case CROSS_COLOUR -> addCrossColour(transform, result);
                case SUBTRACT_GREEN -> addGreen(result);
                default -> result = lookUp(transform, result);
            }
        }
        return result;
    }

    private static void addGreen(int[] pixels) {
        for (int i = 0; i < pixels.length; i++) {
            int green = pixels[i] >> 8 & 0xff;
            pixels[i] = add(pixels[i], green << 16 | green);
        }
    }

    private int[] lookUp(Transform transform, int[] packed) {
        int perPixel = 1 << transform.bits;
        int depth = 8 >> transform.bits;
        int packedWidth = Vp8lDecoder.blocks(transform.width, transform.bits);
        var pixels = new int[transform.width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < transform.width; x++) {
                int indices = packed[y * packedWidth + (x >> transform.bits)] >> 8 & 0xff;
                int index = indices >> depth * (x & perPixel - 1) & (1 << depth) - 1;
                pixels[y * transform.width + x] = transform.image[index];
            }
        }
        return pixels;
    }

    private void addCrossColour(Transform transform, int[] pixels) {
        int columns = Vp8lDecoder.blocks(transform.width, transform.bits);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < transform.width; x++) {
                int factors = transform.image[(y >> transform.bits) * columns + (x >> transform.bits)];
                int at = y * transform.width + x;
                int pixel = pixels[at];
                int green = (byte) (pixel >> 8);
                int red = (pixel >> 16) + share(factors, green) & 0xff;
                int blue = pixel + share(factors >> 8, green) + share(factors >> 16, (byte) red) & 0xff;
                pixels[at] = pixel & 0xff00ff00 | red << 16 | blue;
            }
        }
    }

    private static int share(int factor, int colour) {
        return (byte) factor * colour >> 5;
    }

    private void addPredictions(Transform transform, int[] pixels) {
        int w = transform.width;
        int columns = Vp8lDecoder.blocks(w, transform.bits);
        pixels[0] = add(pixels[0], OPAQUE_BLACK);
        for (int x = 1; x < w; x++) {
            pixels[x] = add(pixels[x], pixels[x - 1]);
        }
        for (int y = 1; y < height; y++) {
            int row = y * w;
            pixels[row] = add(pixels[row], pixels[row - w]);
            for (int x = 1; x < w; x++) {
                int mode = transform.image[(y >> transform.bits) * columns + (x >> transform.bits)] >> 8 & 15;
                int at = row + x;
                // The last pixel of a row has the first of its own row at its upper right.
                pixels[at] = add(pixels[at],
                        predict(mode, pixels[at - 1], pixels[at - w], pixels[at - w - 1], pixels[at - w + 1]));
            }
        }
    }

    private static int predict(int mode, int left, int top, int topLeft, int topRight) {
        return switch (mode) {
            case 1 -> left;
            case 2 -> top;
            case 3 -> topRight;
            case 4 -> topLeft;
            case 5 -> mean(mean(left, topRight), top);
            case 6 -> mean(left, topLeft);
            case 7 -> mean(left, top);
            case 8 -> mean(topLeft, top);
            case 9 -> mean(top, topRight);
            case 10 -> mean(mean(left, topLeft), mean(top, topRight));
            case 11 -> nearest(left, top, topLeft);
            case 12 -> gradient(left, top, topLeft);
            case 13 -> halfGradient(mean(left, top), topLeft);
            default -> OPAQUE_BLACK;
        };
    }

    /** The sum of each of four bytes. */
    private static int add(int a, int b) {
        int alphaAndGreen = (a & 0xff00ff00) + (b & 0xff00ff00);
        int redAndBlue = (a & 0x00ff00ff) + (b & 0x00ff00ff);
        return alphaAndGreen & 0xff00ff00 | redAndBlue & 0x00ff00ff;
    }

    /** The mean of each of four bytes, rounded down. */
    private static int mean(int a, int b) {
        return (a & b) + (((a ^ b) & 0xfefefefe) >>> 1);
    }

    private static int nearest(int left, int top, int topLeft) {
        int toLeft = 0;
        int toTop = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int corner = topLeft >> shift & 0xff;
            toLeft += Math.abs((top >> shift & 0xff) - corner);
            toTop += Math.abs((left >> shift & 0xff) - corner);
        }
        return toLeft < toTop ? left : top;
    }

    private static int gradient(int left, int top, int topLeft) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int value = (left >> shift & 0xff) + (top >> shift & 0xff) - (topLeft >> shift & 0xff);
            result |= Math.clamp(value, 0, 255) << shift;
        }
        return result;
    }

    private static int halfGradient(int mean, int topLeft) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int a = mean >> shift & 0xff;
            int value = a + (a - (topLeft >> shift & 0xff)) / 2;
            result |= Math.clamp(value, 0, 255) << shift;
        }
        return result;
    }
}
