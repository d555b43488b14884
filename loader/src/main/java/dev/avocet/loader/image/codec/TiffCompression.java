// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** How the strips or tiles of a TIFF file are compressed; each is expanded into an array of exactly its size. */
final class TiffCompression {
    static final int PLAIN = 1;
    static final int FAX_RUNS = 2;
    static final int FAX_3 = 3;
    static final int FAX_4 = 4;
    static final int LZW = 5;
    static final int JPEG = 7;
    static final int DEFLATE = 8;
    static final int PACK_BITS = 32773;
    static final int OLD_DEFLATE = 32946;

    /**
     * What a strip or tile expands to.
     *
     * @param columns pixels per row
     * @param rows the number of rows
     * @param rowBytes bytes per row, whose last bits may be unused
     * @param samples samples per pixel
     * @param bits bits per sample
     * @param bigEndian whether samples of more than 8 bits begin with the highest
     */
    record Shape(int columns, int rows, int rowBytes, int samples, int bits, boolean bigEndian) {
        int size() {
            return rows * rowBytes;
        }
    }

    private final int kind;
    private final boolean reversed;
    private final boolean differences;
    private final int fax3Options;
    private final byte[] jpegTables;

    /**
     * @param kind the file's number for it
     * @param reversed whether the lowest bit of each stored byte comes first
     * @param differences whether each sample is stored as the difference to its left neighbour
     */
    TiffCompression(int kind, boolean reversed, boolean differences, int fax3Options, byte[] jpegTables)
            throws CodecException {
        this.kind = kind;
        this.reversed = reversed;
        this.differences = differences;
        this.fax3Options = fax3Options;
        this.jpegTables = jpegTables;
        switch (kind) {
            case PLAIN, FAX_RUNS, FAX_3, FAX_4, LZW, JPEG, DEFLATE, PACK_BITS, OLD_DEFLATE -> {}
            default -> throw CodecException.unsupported("its compression is " + switch (kind) {
                case 6 -> "old-style JPEG";
                case 34925 -> "LZMA";
                case 50000 -> "Zstandard";
                case 50001 -> "WebP";
                default -> "number " + kind;
            } + ", which is not decoded here");
        }
    }

    boolean isPlain() {
        return kind == PLAIN;
    }

    /** How many bytes one stored byte can stand for at most. */
    long bestRatio(int columns) {
        return switch (kind) {
            case PLAIN -> 1;
            case PACK_BITS -> 64;
            case DEFLATE, OLD_DEFLATE -> 1032;
            // A code of 9 bits or more for a string of fewer than 4096 bytes.
            case LZW -> 4096;
            // One bit can stand for a row in two dimensions, and a run of 2560 pixels takes 12 bits in one.
            case FAX_RUNS, FAX_3, FAX_4 -> 256 + columns;
            // A bit can stand for a block of 64 samples.
            default -> 512;
        };
    }

    byte[] expand(byte[] stored, Shape shape, boolean ycc) throws CodecException {
        if (reversed && kind != JPEG) {
            for (int i = 0; i < stored.length; i++) {
                stored[i] = (byte) (Integer.reverse(stored[i]) >>> 24);
            }
        }
        var out = switch (kind) {
            case PLAIN -> plain(stored, shape.size());
            case PACK_BITS -> unpack(stored, shape.size());
            case DEFLATE, OLD_DEFLATE -> inflate(stored, shape.size());
            case LZW -> unLzw(stored, shape.size());
            case JPEG -> JpegDecoder.decodeSamples(jpegTables, stored, shape.columns, shape.rows, shape.samples, ycc);
            default -> fax(stored, shape);
        };
        if (differences) {
            addUp(out, shape);
        }
        return out;
    }

    private static CodecException tooShort(int has, int wants) {
        return CodecException.truncated("a part of its pixels has " + has + " of " + wants + " bytes");
    }

    private static byte[] plain(byte[] stored, int size) throws CodecException {
        if (stored.length < size) {
            throw tooShort(stored.length, size);
        }
        return stored;
    }

    private static byte[] inflate(byte[] stored, int size) throws CodecException {
        var out = new byte[size];
        var inflater = new Inflater();
        try {
            inflater.setInput(stored);
            int at = 0;
            while (at < size) {
                int count = inflater.inflate(out, at, size - at);
                if (count == 0) {
                    throw tooShort(at, size);
                }
                at += count;
            }
            return out;
        } catch (DataFormatException e) {
            throw CodecException.corrupt("its pixel data are damaged (" + e.getMessage() + ")");
        } finally {
            inflater.end();
        }
    }

    private static byte[] unpack(byte[] stored, int size) throws CodecException {
        var out = new byte[size];
        int at = 0;
        int from = 0;
        while (at < size) {
            if (from + 1 >= stored.length) {
                throw tooShort(at, size);
            }
            int head = stored[from++];
            if (head >= 0) {
                int count = Math.min(head + 1, size - at);
                if (from + count > stored.length) {
                    throw tooShort(at, size);
                }
                System.arraycopy(stored, from, out, at, count);
                from += head + 1;
                at += count;
            } else if (head != -128) {
                int end = Math.min(at + 1 - head, size);
                Arrays.fill(out, at, end, stored[from++]);
                at = end;
            }
        }
        return out;
    }

    private static byte[] unLzw(byte[] stored, int size) throws CodecException {
        final int clear = 256;
        final int end = 257;
        var out = new byte[size];
        // Every string of the table is a stretch of what has been written already.
        var starts = new int[4097];
        var lengths = new int[4097];
        int next = end + 1;
        int width = 9;
        int previous = -1;
        int previousStart = 0;
        int previousLength = 0;
        int at = 0;
        long bit = 0;
        while (at < size) {
            if (bit + width > 8L * stored.length) {
                throw tooShort(at, size);
            }
            int code = bits(stored, bit, width);
            bit += width;
            if (code == clear) {
                next = end + 1;
                width = 9;
                previous = -1;
                continue;
            }
            if (code == end) {
                throw tooShort(at, size);
            }
            if (previous >= 0 && next < 4096) {
                starts[next] = previousStart;
                lengths[next] = previousLength + 1;
                next++;
            }
            if (code >= next || previous < 0 && code > end) {
                throw CodecException.corrupt("its LZW code " + code + " does not exist yet");
            }
            int start = at;
            if (code < clear) {
                out[at++] = (byte) code;
            } else {
                // Byte by byte, because a string may reach into itself.
                for (int i = 0; i < lengths[code] && at < size; i++) {
                    out[at++] = out[starts[code] + i];
                }
            }
            previous = code;
            previousStart = start;
            previousLength = at - start;
            // TIFF's codes grow one code early.
            if (next >= (1 << width) - 1 && width < 12) {
                width++;
            }
        }
        return out;
    }

    private static int bits(byte[] data, long bit, int count) {
        int value = 0;
        for (int i = (int) (bit >> 3); i <= (int) (bit + count - 1 >> 3); i++) {
            value = value << 8 | data[i] & 0xff;
        }
        return value >> (int) (-(bit + count) & 7) & (1 << count) - 1;
    }

    private byte[] fax(byte[] stored, Shape shape) throws CodecException {
        if (shape.bits != 1 || shape.samples != 1) {
            throw CodecException.unsupported("it has a fax coding of more than one bit per pixel");
        }
        var mode = switch (kind) {
            case FAX_RUNS -> FaxDecoder.Mode.RUNS;
            case FAX_4 -> FaxDecoder.Mode.TWO_DIMENSIONS;
            default -> (fax3Options & 1) != 0 ? FaxDecoder.Mode.TAGGED : FaxDecoder.Mode.ONE_DIMENSION;
        };
        return new FaxDecoder(stored, shape.columns, mode).decode(shape.rows);
    }

    private static void addUp(byte[] data, Shape shape) {
        int bytes = shape.bits / 8;
        int pixel = bytes * shape.samples;
        for (int y = 0; y < shape.rows; y++) {
            int from = y * shape.rowBytes;
            for (int i = pixel; i < shape.rowBytes; i += bytes) {
                int carry = 0;
                for (int b = 0; b < bytes; b++) {
                    // From the lowest byte of a sample to its highest.
                    int at = from + i + (shape.bigEndian ? bytes - 1 - b : b);
                    carry += (data[at] & 0xff) + (data[at - pixel] & 0xff);
                    data[at] = (byte) carry;
                    carry >>= 8;
                }
            }
        }
    }
}
