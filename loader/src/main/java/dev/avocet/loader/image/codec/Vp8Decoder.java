// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/**
 * VP8 key frames (RFC 6386), which are the pixels of lossy WebP: reconstructs all macroblocks from their neighbours,
 * filters the edges of the whole frame, and interpolates chroma as libwebp does.
 */
final class Vp8Decoder {
    private static final int SEGMENTS = 4;
    private static final int HEADER = 10;

    private final byte[] data;
    private final int from;
    private final int limit;
    private int width;
    private int height;
    private Vp8Bits bits;
    private Vp8Bits[] partitions;
    private Vp8Planes planes;
    private Vp8Modes modes;

    private boolean segmented;
    private boolean segmentsPerMacroblock;
    private boolean absoluteSegments = true;
    private final int[] segmentQuantisers = new int[SEGMENTS];
    private final int[] segmentFilters = new int[SEGMENTS];
    private final int[] segmentProbabilities = {255, 255, 255};

    private Vp8Decoder(byte[] data, int from, int length) {
        this.data = data;
        this.from = from;
        this.limit = from + length;
    }

    /** Decodes the contents of a "VP8 " chunk. */
    static Raster decode(ByteInput chunk, SizeCheck sizes) throws CodecException {
        int length = chunk.remaining();
        var decoder = new Vp8Decoder(chunk.array(), chunk.position(), length);
        int firstPartition = decoder.readHeader(chunk, sizes);
        return decoder.decodeFrame(firstPartition);
    }

    private int readHeader(ByteInput chunk, SizeCheck sizes) throws CodecException {
        int tag = chunk.u24();
        if ((tag & 1) != 0 || (tag >> 1 & 7) > 3 || (tag >> 4 & 1) == 0) {
            throw CodecException.corrupt("its VP8 data do not begin with a key frame");
        }
        if (chunk.u24() != 0x2a019d) {
            throw CodecException.corrupt("its VP8 data have no start code");
        }
        width = chunk.u16() & 0x3fff;
        height = chunk.u16() & 0x3fff;
        sizes.check(width, height);
        int firstPartition = tag >> 5;
        if (firstPartition > chunk.remaining()) {
            throw CodecException.truncated("its first VP8 partition has " + chunk.remaining() + " of " + firstPartition
                    + " bytes");
        }
        return firstPartition;
    }

    private Raster decodeFrame(int firstPartition) throws CodecException {
        int second = from + HEADER + firstPartition;
        bits = new Vp8Bits(data, from + HEADER, second);
        // Colour space and clamping, of which only one each is in use.
        bits.number(2);
        readSegments();
        var filter = readFilter();
        readPartitions(second);
        var quantisers = readQuantisers();
        bits.flag();
        var coefficients = new Vp8Coefficients(bits);
        int columns = width + 15 >> 4;
        int rows = height + 15 >> 4;
        planes = new Vp8Planes(columns, rows);
        modes = new Vp8Modes(bits, columns, segmentsPerMacroblock ? segmentProbabilities : null);
        for (int row = 0; row < rows; row++) {
            var partition = partitions[row % partitions.length];
            modes.startRow();
            coefficients.startRow(columns);
            for (int column = 0; column < columns; column++) {
                modes.read(column);
                boolean empty = modes.isSkipped()
                        ? coefficients.skip(column, modes.hasBlockModes())
                        : coefficients.read(partition, column, modes.hasBlockModes(), quantisers[modes.segment()]);
                planes.reconstruct(row, column, modes, coefficients);
                filter.note(row * columns + column, modes.segment(), modes.hasBlockModes(), empty);
            }
        }
        filter.apply(planes);
        return Raster.upright(width, height, planes.toRgb(width, height));
    }

    private void readSegments() throws CodecException {
        segmented = bits.flag();
        if (!segmented) {
            return;
        }
        segmentsPerMacroblock = bits.flag();
        if (bits.flag()) {
            absoluteSegments = bits.flag();
            for (int i = 0; i < SEGMENTS; i++) {
                segmentQuantisers[i] = bits.optionalSigned(7);
            }
            for (int i = 0; i < SEGMENTS; i++) {
                segmentFilters[i] = bits.optionalSigned(6);
            }
        }
        if (segmentsPerMacroblock) {
            for (int i = 0; i < 3; i++) {
                segmentProbabilities[i] = bits.flag() ? bits.number(8) : 255;
            }
        }
    }

    private Vp8Filter readFilter() throws CodecException {
        boolean simple = bits.flag();
        int level = bits.number(6);
        int sharpness = bits.number(3);
        int keyFrameDelta = 0;
        int blockModesDelta = 0;
        boolean hasDeltas = bits.flag();
        if (hasDeltas && bits.flag()) {
            // Of the deltas by reference frame only the first, of the deltas by mode only the first can apply here.
            for (int i = 0; i < 4; i++) {
                int delta = bits.optionalSigned(6);
                keyFrameDelta = i == 0 ? delta : keyFrameDelta;
            }
            for (int i = 0; i < 4; i++) {
                int delta = bits.optionalSigned(6);
                blockModesDelta = i == 0 ? delta : blockModesDelta;
            }
        }
        var levels = new int[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            levels[i] = keyFrameDelta + (segmented
                    ? segmentFilters[i] + (absoluteSegments ? 0 : level)
                    : level);
        }
        int macroblocks = (width + 15 >> 4) * (height + 15 >> 4);
        return new Vp8Filter(level == 0, simple, sharpness, levels, blockModesDelta, macroblocks);
    }

    private void readPartitions(int start) throws CodecException {
        int count = 1 << bits.number(2);
        int at = start + 3 * (count - 1);
        if (at >= limit) {
            throw CodecException.truncated("its VP8 data end before the coefficients");
        }
        partitions = new Vp8Bits[count];
        for (int i = 0; i < count; i++) {
            int sizeAt = start + 3 * i;
            int announced = i == count - 1
                    ? limit - at
                    : data[sizeAt] & 0xff | (data[sizeAt + 1] & 0xff) << 8 | (data[sizeAt + 2] & 0xff) << 16;
            int end = at + Math.min(announced, limit - at);
            partitions[i] = new Vp8Bits(data, at, end);
            at = end;
        }
    }

    private Vp8Coefficients.Quantiser[] readQuantisers() throws CodecException {
        int base = bits.number(7);
        int y1Dc = bits.optionalSigned(4);
        int y2Dc = bits.optionalSigned(4);
        int y2Ac = bits.optionalSigned(4);
        int uvDc = bits.optionalSigned(4);
        int uvAc = bits.optionalSigned(4);
        var quantisers = new Vp8Coefficients.Quantiser[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            int q = segmented ? segmentQuantisers[i] + (absoluteSegments ? 0 : base) : base;
            quantisers[i] = new Vp8Coefficients.Quantiser(
                    new int[] {dc(q + y1Dc, 127), ac(q)},
                    new int[] {2 * dc(q + y2Dc, 127), Math.max(8, ac(q + y2Ac) * 155 / 100)},
                    new int[] {dc(q + uvDc, 117), ac(q + uvAc)});
        }
        return quantisers;
    }

    private static int dc(int index, int most) {
        return Vp8Tables.DC_QUANTISERS[Math.clamp(index, 0, most)];
    }

    private static int ac(int index) {
        return Vp8Tables.AC_QUANTISERS[Math.clamp(index, 0, 127)];
    }
}
