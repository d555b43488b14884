// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * PNG (ISO/IEC 15948): every colour type and bit depth, interlaced or not; of an animation the picture that IDAT holds.
 *
 * <p>Alpha and transparent colours are dropped, 16-bit colour keeps its high byte and 16-bit grey is cut off at 255, as
 * Pillow's {@code convert("RGB")} does. Stricter than Pillow in one thing: the checksums of the pixels are checked.
 */
final class PngDecoder {
    private static final int SIGNATURE_LENGTH = 8;
    private static final int MOST_TEXT = 1 << 20;

    private static final int GREY = 0;
    private static final int COLOUR = 2;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int COLOUR_ALPHA = 6;

    // Adam7: the first column and row of each pass and the steps between its columns and rows.
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };
    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    private record Span(int from, int length) {}

    private final ByteInput in;
    private final SizeCheck sizes;
    private final List<Span> pixels = new ArrayList<>();
    private final byte[] palette = new byte[3 * 256];
    private int width;
    private int height;
    private int depth;
    private int colour;
    private boolean interlaced;
    private byte[] exif;
    private byte[] profileExif;
    private byte[] xmp;

    private PngDecoder(byte[] data, SizeCheck sizes) {
        this.in = ByteInput.bigEndian(data);
        this.sizes = sizes;
    }

    static Raster decode(byte[] data, SizeCheck sizes) throws CodecException {
        var decoder = new PngDecoder(data, sizes);
        decoder.readChunks();
        var rgb = decoder.inflate();
        int orientation = Exif.orientation(decoder.exif != null ? decoder.exif : decoder.profileExif, decoder.xmp);
        return Raster.upright(decoder.width, decoder.height, rgb).oriented(orientation);
    }

    private void readChunks() throws CodecException {
        in.skip(SIGNATURE_LENGTH);
        while (in.remaining() >= 12) {
            long length = in.u32();
            int start = in.position();
            var type = in.latin1(4);
            if (!type.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')) {
                throw CodecException.corrupt("at byte " + start + " a chunk should begin");
            }
            if (width == 0 && !type.equals("IHDR")) {
                throw CodecException.corrupt("its first chunk is " + type + " where IHDR belongs");
            }
            var chunk = in.slice(length);
            boolean intact = in.i32() == checksum(start, 4 + (int) length);
            if (!intact && Character.isUpperCase(type.charAt(0))) {
                throw CodecException.corrupt("the checksum of its chunk " + type + " at byte " + start + " is wrong");
            }
            if (type.equals("IEND")) {
                return;
            }
            if (intact) {
                take(type, chunk);
            }
        }
        if (pixels.isEmpty()) {
            throw CodecException.truncated("it ends before its pixels begin");
        }
    }

    private void take(String type, ByteInput chunk) throws CodecException {
        switch (type) {
            case "IHDR" -> readHeader(chunk);
            case "PLTE" -> {
                int length = Math.min(palette.length, chunk.remaining());
                System.arraycopy(chunk.bytes(length), 0, palette, 0, length);
            }
            case "IDAT" -> pixels.add(new Span(chunk.position(), chunk.remaining()));
            case "eXIf" -> exif = chunk.bytes(chunk.remaining());
            case "tEXt", "zTXt", "iTXt" -> readText(type, chunk);
            default -> {}
        }
    }

    private int checksum(int from, int length) {
        var crc = new CRC32();
        crc.update(in.array(), from, length);
        return (int) crc.getValue();
    }

    private void readHeader(ByteInput header) throws CodecException {
        long w = header.u32();
        long h = header.u32();
        depth = header.u8();
        colour = header.u8();
        int compression = header.u8();
        int filter = header.u8();
        int interlace = header.u8();
        boolean known = switch (colour) {
            case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case COLOUR, GREY_ALPHA, COLOUR_ALPHA -> depth == 8 || depth == 16;
            default -> false;
        };
        if (!known || compression != 0 || filter != 0 || interlace > 1) {
            throw CodecException
                    .corrupt("its header is not one of PNG's: colour type " + colour + ", bit depth " + depth
                            + ", compression " + compression + ", filter " + filter + ", interlace " + interlace);
        }
        sizes.check(w, h);
        width = (int) w;
        height = (int) h;
        interlaced = interlace == 1;
    }

    private void readText(String type, ByteInput chunk) throws CodecException {
        var text = chunk.bytes(chunk.remaining());
        int end = indexOfZero(text, 0);
        var keyword = new String(text, 0, Math.max(end, 0), StandardCharsets.ISO_8859_1);
        boolean isExif = keyword.equals("Raw profile type exif") && !type.equals("iTXt");
        boolean isXmp = keyword.equals("XML:com.adobe.xmp");
        if (!isExif && !isXmp) {
            return;
        }
        int from = end + 1;
        boolean compressed = type.equals("zTXt");
        if (compressed) {
            from++;
        } else if (type.equals("iTXt") && text.length > from + 2) {
            compressed = text[from] != 0;
            from = indexOfZero(text, indexOfZero(text, from + 2) + 1) + 1;
        }
        if (from > text.length) {
            return;
        }
        var value = Arrays.copyOfRange(text, from, text.length);
        if (compressed) {
            value = inflateText(value);
        }
        if (isXmp) {
            xmp = value;
        } else {
            profileExif = fromHex(value);
        }
    }

    private static int indexOfZero(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && bytes[at] != 0) {
            at++;
        }
        return at;
    }

    private static byte[] inflateText(byte[] compressed) {
        var inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            var out = new byte[(int) Math.min(MOST_TEXT, 1032L * compressed.length)];
            return Arrays.copyOf(out, inflater.inflate(out));
        } catch (DataFormatException damaged) {
            return new byte[0];
        } finally {
            inflater.end();
        }
    }

    /** ImageMagick's way to keep EXIF in text: a line break, the name, the length, then lines of hexadecimal digits. */
    private static byte[] fromHex(byte[] text) {
        var lines = new String(text, StandardCharsets.ISO_8859_1).split("\n", 4);
        try {
            return HexFormat.of().parseHex(lines[lines.length - 1].replaceAll("\\s", ""));
        } catch (IllegalArgumentException damaged) {
            return null;
        }
    }

    private int bitsPerPixel() {
        return depth * switch (colour) {
            case COLOUR -> 3;
            case GREY_ALPHA -> 2;
            case COLOUR_ALPHA -> 4;
            default -> 1;
        };
    }

    private byte[] inflate() throws CodecException {
        var passes = interlaced ? PASSES : ONE_PASS;
        long announced = 0;
        for (int[] pass : passes) {
            announced += (long) rows(pass) * (1 + rowBytes(pass));
        }
        long compressed = pixels.stream().mapToLong(Span::length).sum();
        // Deflate cannot shrink anything to less than 1/1032 of its size.
        if (announced / 1032 > compressed) {
            throw CodecException.truncated("its " + compressed + " bytes of pixel data cannot hold " + width + " x "
                    + height + " pixels");
        }
        var rgb = new byte[3 * width * height];
        try (var stream = new PixelStream(in.array(), pixels)) {
            for (int[] pass : passes) {
                if (columns(pass) > 0 && rows(pass) > 0) {
                    decodePass(stream, pass, rgb);
                }
            }
            stream.finish();
        }
        return rgb;
    }

    private int columns(int[] pass) {
        return (width - pass[0] + pass[2] - 1) / pass[2];
    }

    private int rows(int[] pass) {
        return columns(pass) == 0 ? 0 : (height - pass[1] + pass[3] - 1) / pass[3];
    }

    private int rowBytes(int[] pass) {
        return (int) (((long) columns(pass) * bitsPerPixel() + 7) / 8);
    }

    private void decodePass(PixelStream stream, int[] pass, byte[] rgb) throws CodecException {
        int step = (bitsPerPixel() + 7) / 8;
        // A margin of one pixel of zeros on the left makes the first pixel like all others for the filters.
        var above = new byte[step + rowBytes(pass)];
        var row = new byte[step + rowBytes(pass)];
        int columns = columns(pass);
        for (int y = pass[1]; y < height; y += pass[3]) {
            int filter = stream.readFilter();
            stream.read(row, step);
            unfilter(filter, row, above, step);
            toRgb(row, step, columns, rgb, 3 * (y * width + pass[0]), 3 * pass[2]);
            var swap = above;
            above = row;
            row = swap;
        }
    }

    private static void unfilter(int filter, byte[] row, byte[] above, int step) throws CodecException {
        switch (filter) {
            case 0 -> {}
            case 1 -> {
                for (int i = step; i < row.length; i++) {
                    row[i] += row[i - step];
                }
            }
            case 2 -> {
                for (int i = step; i < row.length; i++) {
                    row[i] += above[i];
                }
            }
            case 3 -> {
                for (int i = step; i < row.length; i++) {
                    row[i] += (byte) ((row[i - step] & 0xff) + (above[i] & 0xff) >> 1);
                }
            }
            case 4 -> {
                for (int i = step; i < row.length; i++) {
                    int left = row[i - step] & 0xff;
                    int up = above[i] & 0xff;
                    int corner = above[i - step] & 0xff;
                    int toLeft = Math.abs(up - corner);
                    int toUp = Math.abs(left - corner);
                    int toCorner = Math.abs(left + up - 2 * corner);
                    int nearest = toUp <= toCorner ? up : corner;
                    row[i] += (byte) (toLeft <= toUp && toLeft <= toCorner ? left : nearest);
                }
            }
            default ->
                throw CodecException.corrupt("one of its rows has the filter " + filter + ", which does not exist");
        }
    }

    /**
     * Writes the pixels of an unfiltered row, whose first is at {@code from}, every {@code step} bytes of the result.
     */
    private void toRgb(byte[] row, int from, int count, byte[] rgb, int to, int step) {
        switch (colour) {
            case COLOUR, COLOUR_ALPHA -> {
                int sample = depth / 8;
                int pixel = bitsPerPixel() / 8;
                for (int x = 0; x < count; x++) {
                    int at = from + x * pixel;
                    put(rgb, to + x * step, row[at], row[at + sample], row[at + 2 * sample]);
                }
            }
            case GREY_ALPHA -> {
                for (int x = 0; x < count; x++) {
                    byte grey = row[from + x * 2 * (depth / 8)];
                    put(rgb, to + x * step, grey, grey, grey);
                }
            }
            case GREY -> {
                for (int x = 0; x < count; x++) {
                    byte grey = (byte) grey(row, from, x);
                    put(rgb, to + x * step, grey, grey, grey);
                }
            }
            default -> {
                for (int x = 0; x < count; x++) {
                    int entry = 3 * packed(row, from, x);
                    put(rgb, to + x * step, palette[entry], palette[entry + 1], palette[entry + 2]);
                }
            }
        }
    }

    private int grey(byte[] row, int from, int x) {
        return switch (depth) {
            case 16 -> row[from + 2 * x] == 0 ? row[from + 2 * x + 1] : 255;
            case 8 -> row[from + x];
            default -> packed(row, from, x) * 255 / ((1 << depth) - 1);
        };
    }

    private int packed(byte[] row, int from, int x) {
        int bit = x * depth;
        return row[from + (bit >> 3)] >> 8 - depth - (bit & 7) & (1 << depth) - 1;
    }

    private static void put(byte[] rgb, int at, byte red, byte green, byte blue) {
        rgb[at] = red;
        rgb[at + 1] = green;
        rgb[at + 2] = blue;
    }

    /** The IDAT chunks as one inflated stream, which never runs ahead of what is asked of it. */
    private static final class PixelStream implements AutoCloseable {
        private final byte[] data;
        private final List<Span> spans;
        private final Inflater inflater = new Inflater();
        private final byte[] one = new byte[1];
        private int next;

        PixelStream(byte[] data, List<Span> spans) {
            this.data = data;
            this.spans = spans;
        }

        int readFilter() throws CodecException {
            read(one, 0);
            return one[0];
        }

        /** Fills the array from an index on. */
        void read(byte[] into, int from) throws CodecException {
            for (int at = from; at < into.length;) {
                int count = inflate(into, at, into.length - at);
                if (count == 0) {
                    throw CodecException.truncated("its pixel data end too early");
                }
                at += count;
            }
        }

        /** Reads on to the stream's own checksum, which is behind the last row. */
        void finish() throws CodecException {
            inflate(one, 0, 1);
        }

        private int inflate(byte[] into, int at, int length) throws CodecException {
            try {
                while (true) {
                    int count = inflater.inflate(into, at, length);
                    if (count > 0 || inflater.finished() || inflater.needsDictionary()) {
                        return count;
                    }
                    if (next == spans.size()) {
                        return 0;
                    }
                    var span = spans.get(next++);
                    inflater.setInput(data, span.from, span.length);
                }
            } catch (DataFormatException e) {
                throw CodecException.corrupt("its pixel data are damaged (" + e.getMessage() + ")");
            }
        }

        @Override
        public void close() {
            inflater.end();
        }
    }
}
