// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/** VP8L (RFC 9649, section 3), which is the pixels of lossless WebP. */
final class Vp8lDecoder {
    private static final int SIGNATURE = 0x2f;
    private static final int LITERALS = 256;
    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;
    private static final int MOST_CACHE_BITS = 11;

    // The codes of a pixel's parts in the order in which the stream describes them.
    private static final int GREEN = 0;
    private static final int RED = 1;
    private static final int BLUE = 2;
    private static final int ALPHA = 3;
    private static final int DISTANCE = 4;
    private static final int CODES = 5;

    private static final int[] LENGTH_ORDER = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    // The nearest 120 pixels, nearest first: rows up << 4 | 8 - columns to the left.
    private static final int[] NEAR = {
        0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a, 0x38, 0x05, 0x37, 0x39, 0x15, 0x1b,
        0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45,
        0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d, 0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d,
        0x68, 0x02, 0x67, 0x69, 0x12, 0x1e, 0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32, 0x3e,
        0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e, 0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b,
        0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d,
        0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70
    };

    private final Vp8lBits bits;

    private Vp8lDecoder(Vp8lBits bits) {
        this.bits = bits;
    }

    /** Decodes the contents of a "VP8L" chunk. */
    static Raster decode(ByteInput chunk, SizeCheck sizes) throws CodecException {
        var bits = new Vp8lBits(chunk.array(), chunk.position(), chunk.position() + chunk.remaining());
        if (bits.number(8) != SIGNATURE) {
            throw CodecException.corrupt("its VP8L data have no signature");
        }
        int width = bits.number(14) + 1;
        int height = bits.number(14) + 1;
        sizes.check(width, height);
        bits.flag();
        if (bits.number(3) != 0) {
            throw CodecException.unsupported("its VP8L data are of another version");
        }
        var decoder = new Vp8lDecoder(bits);
        var transforms = new Vp8lTransforms(decoder::readSubImage, bits, width, height);
        int storedWidth = transforms.readAll();
        var argb = transforms.invert(decoder.readImage(storedWidth, height, true));
        var rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            rgb[3 * i] = (byte) (argb[i] >> 16);
            rgb[3 * i + 1] = (byte) (argb[i] >> 8);
            rgb[3 * i + 2] = (byte) argb[i];
        }
        return Raster.upright(width, height, rgb);
    }

    private int[] readSubImage(int width, int height) throws CodecException {
        return readImage(width, height, false);
    }

    /** The codes that are in force in an image, and where. */
    private record Codes(Vp8lCode[][] groups, int[] groupOf, int blockBits, int blockColumns, int cacheBits) {
        Vp8lCode[] at(int x, int y) {
            if (groupOf == null) {
                return groups[0];
            }
            return groups[groupOf[(y >> blockBits) * blockColumns + (x >> blockBits)] >> 8 & 0xffff];
        }
    }

    private int[] readImage(int width, int height, boolean main) throws CodecException {
        int cacheBits = 0;
        if (bits.flag()) {
            cacheBits = bits.number(4);
            if (cacheBits < 1 || cacheBits > MOST_CACHE_BITS) {
                throw CodecException.corrupt("its colour cache has " + cacheBits + " bits");
            }
        }
        int[] groupOf = null;
        int blockBits = 0;
        int groups = 1;
        if (main && bits.flag()) {
            blockBits = 2 + bits.number(3);
            groupOf = readImage(blocks(width, blockBits), blocks(height, blockBits), false);
            for (int pixel : groupOf) {
                groups = Math.max(groups, (pixel >> 8 & 0xffff) + 1);
            }
        }
        var codes = new Codes(readGroups(groups, groupOf, cacheBits), groupOf, blockBits, blocks(width, blockBits),
                cacheBits);
        return readPixels(width, height, codes);
    }

    static int blocks(int size, int bits) {
        return size + (1 << bits) - 1 >> bits;
    }

    /** Reads the codes of all groups; those that no block uses are read too, but kept by none. */
    private Vp8lCode[][] readGroups(int count, int[] groupOf, int cacheBits) throws CodecException {
        var used = new boolean[count];
        if (groupOf == null) {
            used[0] = true;
        } else {
            for (int pixel : groupOf) {
                used[pixel >> 8 & 0xffff] = true;
            }
        }
        var groups = new Vp8lCode[count][];
        for (int i = 0; i < count; i++) {
            var group = new Vp8lCode[CODES];
            for (int c = 0; c < CODES; c++) {
                int alphabet = switch (c) {
                    case GREEN -> LITERALS + LENGTHS + (cacheBits > 0 ? 1 << cacheBits : 0);
                    case DISTANCE -> DISTANCES;
                    default -> LITERALS;
                };
                group[c] = readCode(alphabet);
            }
            groups[i] = used[i] ? group : null;
        }
        return groups;
    }

    private Vp8lCode readCode(int alphabet) throws CodecException {
        var lengths = new int[alphabet];
        if (bits.flag()) {
            boolean two = bits.flag();
            int first = bits.number(bits.flag() ? 8 : 1);
            int second = two ? bits.number(8) : first;
            if (first >= alphabet || second >= alphabet) {
                throw CodecException.corrupt("one of its prefix codes has a symbol that does not exist");
            }
            lengths[first] = 1;
            lengths[second] = 1;
        } else {
            readLengths(lengths);
        }
        return Vp8lCode.of(lengths);
    }

    private void readLengths(int[] lengths) throws CodecException {
        var lengthLengths = new int[LENGTH_ORDER.length];
        int count = 4 + bits.number(4);
        for (int i = 0; i < count; i++) {
            lengthLengths[LENGTH_ORDER[i]] = bits.number(3);
        }
        var code = Vp8lCode.of(lengthLengths);
        int left = lengths.length;
        if (bits.flag()) {
            left = 2 + bits.number(2 + 2 * bits.number(3));
            if (left > lengths.length) {
                throw CodecException.corrupt("one of its prefix codes has too many symbols");
            }
        }
        int previous = 8;
        for (int i = 0; i < lengths.length && left-- > 0;) {
            int symbol = bits.symbol(code);
            if (symbol < 16) {
                lengths[i++] = symbol;
                previous = symbol == 0 ? previous : symbol;
                continue;
            }
            int repeat = switch (symbol) {
                case 16 -> 3 + bits.number(2);
                case 17 -> 3 + bits.number(3);
                default -> 11 + bits.number(7);
            };
            if (i + repeat > lengths.length) {
                throw CodecException.corrupt("one of its prefix codes has too many symbols");
            }
            Arrays.fill(lengths, i, i + repeat, symbol == 16 ? previous : 0);
            i += repeat;
        }
    }

    private int[] readPixels(int width, int height, Codes codes) throws CodecException {
        var pixels = new int[width * height];
        var cache = new int[codes.cacheBits > 0 ? 1 << codes.cacheBits : 0];
        int cached = 0;
        int at = 0;
        while (at < pixels.length) {
            var group = codes.at(at % width, at / width);
            int symbol = bits.symbol(group[GREEN]);
            if (symbol < LITERALS) {
                int red = bits.symbol(group[RED]);
                int blue = bits.symbol(group[BLUE]);
                int alpha = bits.symbol(group[ALPHA]);
                pixels[at++] = alpha << 24 | red << 16 | symbol << 8 | blue;
            } else if (symbol < LITERALS + LENGTHS) {
                int length = extended(symbol - LITERALS);
                int distance = distance(extended(bits.symbol(group[DISTANCE])), width);
                if (distance > at || length > pixels.length - at) {
                    throw CodecException.corrupt("it copies pixels from or to outside the picture");
                }
                for (int end = at + length; at < end; at++) {
                    pixels[at] = pixels[at - distance];
                }
            } else {
                for (; cached < at; cached++) {
                    cache[cacheIndex(pixels[cached], codes.cacheBits)] = pixels[cached];
                }
                pixels[at++] = cache[symbol - LITERALS - LENGTHS];
            }
        }
        return pixels;
    }

    private static int cacheIndex(int pixel, int cacheBits) {
        return 0x1e35a7bd * pixel >>> 32 - cacheBits;
    }

    /** A length or distance from its symbol and the bits that refine it. */
    private int extended(int symbol) throws CodecException {
        if (symbol < 4) {
            return symbol + 1;
        }
        int extra = symbol - 2 >> 1;
        return (2 + (symbol & 1) << extra) + wide(extra) + 1;
    }

    /** A number of up to 18 bits. */
    private int wide(int count) throws CodecException {
        int low = bits.number(Math.min(count, 16));
        return count > 16 ? low | bits.number(count - 16) << 16 : low;
    }

    private static int distance(int code, int width) {
        if (code > NEAR.length) {
            return code - NEAR.length;
        }
        int near = NEAR[code - 1];
        return Math.max(1, (near >> 4) * width + 8 - (near & 15));
    }
}
