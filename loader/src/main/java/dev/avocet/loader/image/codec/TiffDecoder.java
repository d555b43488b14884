// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/**
 * TIFF 6.0 and BigTIFF, the first picture: bilevel, grey, palette, RGB and CMYK of the depths that Pillow knows, in
 * strips or tiles, interleaved or by planes; uncompressed, LZW, deflate, PackBits, the CCITT fax codings and JPEG.
 *
 * <p>As in Pillow, alpha is dropped after premultiplied colours are divided by it, 16-bit colour keeps its high byte,
 * and grey of more than 8 bits, of which there is no one way to 8, is cut off at 255. YCbCr comes uncompressed or in
 * JPEG only, CIE L*a*b* not at all.
 */
final class TiffDecoder {
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int BITS = 258;
    private static final int COMPRESSION = 259;
    private static final int PHOTOMETRIC = 262;
    private static final int FILL_ORDER = 266;
    private static final int STRIP_OFFSETS = 273;
    private static final int ORIENTATION = 274;
    private static final int SAMPLES = 277;
    private static final int ROWS_PER_STRIP = 278;
    private static final int STRIP_BYTES = 279;
    private static final int PLANAR = 284;
    private static final int FAX3_OPTIONS = 292;
    private static final int PREDICTOR = 317;
    private static final int COLOUR_MAP = 320;
    private static final int TILE_WIDTH = 322;
    private static final int TILE_HEIGHT = 323;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_BYTES = 325;
    private static final int EXTRA_SAMPLES = 338;
    private static final int SAMPLE_FORMAT = 339;
    private static final int JPEG_TABLES = 347;
    private static final int XMP = 700;

    private static final int MOST_SAMPLES = 6;

    private final byte[] file;
    private final SizeCheck sizes;
    private final TiffDirectory fields;
    private final int width;
    private final int height;
    private final TiffPixels pixels;
    private final TiffCompression compression;
    private final boolean planar;
    private int tileWidth;
    private int tileHeight;
    private long[] offsets;
    private long[] lengths;

    private TiffDecoder(byte[] file, SizeCheck sizes) throws CodecException {
        this.file = file;
        this.sizes = sizes;
        fields = TiffDirectory.first(file, true);
        long w = fields.number(WIDTH, 0);
        long h = fields.number(HEIGHT, 0);
        sizes.check(w, h);
        width = (int) w;
        height = (int) h;
        planar = fields.number(PLANAR, 1) == 2;
        pixels = readPixelLayout();
        compression = readCompression();
        readTiles();
    }

    static Raster decode(byte[] data, SizeCheck sizes) throws CodecException {
        var decoder = new TiffDecoder(data, sizes);
        var rgb = decoder.decode();
        int orientation = decoder.fields.has(ORIENTATION)
                ? (int) decoder.fields.number(ORIENTATION, 1)
                : Exif.orientation(null, decoder.fields.bytes(XMP));
        return Raster.upright(decoder.width, decoder.height, rgb).oriented(orientation);
    }

    private TiffPixels readPixelLayout() throws CodecException {
        int samples = (int) Math.min(fields.number(SAMPLES, 1), Integer.MAX_VALUE);
        if (samples < 1 || samples > MOST_SAMPLES) {
            throw CodecException.unsupported("it has " + samples + " samples per pixel");
        }
        int bits = (int) fields.number(BITS, 1);
        int format = (int) fields.number(SAMPLE_FORMAT, 1);
        requireSame(BITS, bits, samples);
        requireSame(SAMPLE_FORMAT, format, samples);
        int photometric = (int) fields.number(PHOTOMETRIC, 0);
        int extra = fields.has(EXTRA_SAMPLES) ? (int) fields.number(EXTRA_SAMPLES, 0) : TiffPixels.NO_EXTRA;
        var layout = new TiffPixels.Layout(photometric, samples, bits, format, extra, fields.isBigEndian());
        byte[] palette = photometric == 3 ? readPalette(bits) : null;
        var found = new TiffPixels(layout, palette);
        if (found.isYcc() && fields.number(COMPRESSION, 1) != TiffCompression.JPEG) {
            throw CodecException.unsupported("it holds YCbCr that is not in JPEG");
        }
        return found;
    }

    private void requireSame(int tag, int first, int samples) throws CodecException {
        for (long value : fields.numbers(tag, samples)) {
            if (value != first) {
                throw CodecException.unsupported("its samples are not all alike");
            }
        }
    }

    private byte[] readPalette(int bits) throws CodecException {
        int colours = bits > 8 ? 0 : 1 << bits;
        var map = fields.numbers(COLOUR_MAP, 3 * 256);
        if (map.length < 3 * colours || map.length % 3 != 0) {
            throw CodecException.corrupt("its palette has " + map.length / 3 + " of " + colours + " colours");
        }
        var palette = new byte[3 * 256];
        int stored = map.length / 3;
        for (int i = 0; i < Math.min(256, stored); i++) {
            for (int c = 0; c < 3; c++) {
                palette[3 * i + c] = (byte) (map[c * stored + i] >> 8);
            }
        }
        return palette;
    }

    private TiffCompression readCompression() throws CodecException {
        int kind = (int) fields.number(COMPRESSION, 1);
        boolean reversed = fields.number(FILL_ORDER, 1) == 2;
        int predictor = (int) fields.number(PREDICTOR, 1);
        var predicted = kind == TiffCompression.LZW || kind == TiffCompression.DEFLATE
                || kind == TiffCompression.OLD_DEFLATE;
        if (predicted && predictor != 1 && (predictor != 2 || pixels.bits() < 8)) {
            throw CodecException.unsupported("its predictor " + predictor + " is not decoded here");
        }
        return new TiffCompression(kind, reversed, predicted && predictor == 2,
                (int) fields.number(FAX3_OPTIONS, 0), fields.bytes(JPEG_TABLES));
    }

    private void readTiles() throws CodecException {
        boolean tiled = fields.has(TILE_OFFSETS) && !fields.has(STRIP_OFFSETS);
        if (tiled) {
            long w = fields.number(TILE_WIDTH, 0);
            long h = fields.number(TILE_HEIGHT, 0);
            sizes.check(w, h);
            tileWidth = (int) w;
            tileHeight = (int) h;
        } else {
            tileWidth = width;
            tileHeight = (int) Math.min(height, fields.number(ROWS_PER_STRIP, height));
            if (tileHeight < 1) {
                throw CodecException.corrupt("its strips have no rows");
            }
        }
        long needed = (long) tilesAcross() * tilesDown() * (planar ? pixels.samples() : 1);
        int offsetsTag = tiled ? TILE_OFFSETS : STRIP_OFFSETS;
        if (fields.count(offsetsTag) < needed) {
            throw CodecException.truncated("it has " + fields.count(offsetsTag) + " of " + needed
                    + (tiled ? " tiles" : " strips"));
        }
        offsets = fields.numbers(offsetsTag, (int) needed);
        lengths = fields.numbers(tiled ? TILE_BYTES : STRIP_BYTES, (int) needed);
        long stored = 0;
        for (int i = 0; i < offsets.length; i++) {
            stored += storedLength(i);
        }
        long announced = (long) rowBytes(tileWidth) * height * tilesAcross() * (planar ? pixels.samples() : 1);
        if (announced / compression.bestRatio(tileWidth) > stored) {
            throw CodecException.truncated(stored + " bytes cannot hold " + width + " x " + height + " pixels");
        }
    }

    private int tilesAcross() {
        return JpegComponent.ceilDiv(width, tileWidth);
    }

    private int tilesDown() {
        return JpegComponent.ceilDiv(height, tileHeight);
    }

    private int samplesTogether() {
        return planar ? 1 : pixels.samples();
    }

    private int rowBytes(int columns) {
        return (int) (((long) columns * samplesTogether() * pixels.bits() + 7) / 8);
    }

    /** How many bytes the file has for a strip or tile; an absent or wrong count means that all that follow may be. */
    private long storedLength(int index) throws CodecException {
        long offset = offsets[index];
        if (offset < 0 || offset >= file.length) {
            throw CodecException.truncated("a part of its pixels should be at byte " + offset + " of " + file.length);
        }
        long rest = file.length - offset;
        boolean counted = index < lengths.length && !compression.isPlain();
        return counted ? Math.min(lengths[index], rest) : rest;
    }

    private byte[] decode() throws CodecException {
        if (planar && pixels.samples() > 1) {
            return decodePlanes();
        }
        var rgb = new byte[3 * width * height];
        for (int i = 0; i < tilesAcross() * tilesDown(); i++) {
            int left = i % tilesAcross() * tileWidth;
            int top = i / tilesAcross() * tileHeight;
            int columns = Math.min(tileWidth, width - left);
            int rows = Math.min(tileHeight, height - top);
            var tile = readTile(i, rows);
            for (int y = 0; y < rows; y++) {
                pixels.toRgb(tile, y * rowBytes(tileWidth), rgb, 3 * ((top + y) * width + left), columns);
            }
        }
        return rgb;
    }

    /** Planes are put together again before they are converted. */
    private byte[] decodePlanes() throws CodecException {
        int bytes = pixels.bits() / 8;
        if (pixels.bits() % 8 != 0 || (long) width * height * pixels.samples() * bytes > Integer.MAX_VALUE - 8) {
            throw CodecException.unsupported("it has planes of " + pixels.bits() + " bits");
        }
        int pixel = pixels.samples() * bytes;
        var together = new byte[width * height * pixel];
        int tiles = tilesAcross() * tilesDown();
        for (int i = 0; i < tiles * pixels.samples(); i++) {
            int left = i % tilesAcross() * tileWidth;
            int top = i % tiles / tilesAcross() * tileHeight;
            int columns = Math.min(tileWidth, width - left);
            int rows = Math.min(tileHeight, height - top);
            var tile = readTile(i, rows);
            for (int y = 0; y < rows; y++) {
                int from = y * rowBytes(tileWidth);
                int to = ((top + y) * width + left) * pixel + i / tiles * bytes;
                for (int x = 0; x < columns; x++) {
                    System.arraycopy(tile, from + x * bytes, together, to + x * pixel, bytes);
                }
            }
        }
        var rgb = new byte[3 * width * height];
        pixels.toRgb(together, 0, rgb, 0, width * height);
        return rgb;
    }

    /** The bytes of a strip's rows, or of all of a tile. */
    private byte[] readTile(int index, int rowsInside) throws CodecException {
        boolean strip = tileWidth == width && !fields.has(TILE_OFFSETS);
        int rows = strip ? rowsInside : tileHeight;
        long size = (long) rowBytes(tileWidth) * rows;
        if (size > Integer.MAX_VALUE - 8) {
            throw CodecException.tooLarge("one of its tiles has " + size + " bytes");
        }
        int from = (int) offsets[index];
        var stored = Arrays.copyOfRange(file, from, from + (int) storedLength(index));
        var shape = new TiffCompression.Shape(tileWidth, rows, rowBytes(tileWidth), samplesTogether(), pixels.bits(),
                fields.isBigEndian());
        return compression.expand(stored, shape, pixels.isYcc());
    }
}
