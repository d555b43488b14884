// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/**
 * WebP (RFC 9649): lossy, lossless and extended files, and the first frame of animations on their canvas, which is
 * black around it. Alpha is dropped, so it is not decoded.
 */
final class WebpDecoder {
    private final SizeCheck sizes;
    private final ByteInput file;
    private Raster canvas;
    private int canvasWidth;
    private int canvasHeight;
    private boolean animated;
    private byte[] exif;
    private byte[] xmp;

    private WebpDecoder(ByteInput file, SizeCheck sizes) {
        this.file = file;
        this.sizes = sizes;
    }

    static Raster decode(byte[] data, SizeCheck sizes) throws CodecException {
        var in = ByteInput.littleEndian(data);
        in.skip(4);
        var file = in.slice(in.u32());
        file.skip(4);
        var decoder = new WebpDecoder(file, sizes);
        decoder.readChunks();
        return decoder.canvas.oriented(Exif.orientation(decoder.exif, decoder.xmp));
    }

    private void readChunks() throws CodecException {
        while (file.remaining() >= 8) {
            var type = file.latin1(4);
            long length = file.u32();
            var chunk = file.slice(length);
            file.skip(Math.min(length & 1, file.remaining()));
            switch (type) {
                case "VP8X" -> readExtended(chunk);
                case "VP8 ", "VP8L" -> {
                    if (canvas == null && !animated) {
                        canvas = decodeImage(type, chunk, sizes);
                        requireSize(canvas, canvasWidth, canvasHeight);
                    }
                }
                case "ANMF" -> {
                    if (canvas == null && animated) {
                        canvas = decodeFrame(chunk);
                    }
                }
                case "EXIF" -> exif = chunk.bytes(chunk.remaining());
                case "XMP " -> xmp = chunk.bytes(chunk.remaining());
                default -> {}
            }
        }
        if (canvas == null) {
            throw CodecException.truncated("it holds no picture");
        }
    }

    private void readExtended(ByteInput chunk) throws CodecException {
        animated = (chunk.u8() & 2) != 0;
        chunk.skip(3);
        canvasWidth = chunk.u24() + 1;
        canvasHeight = chunk.u24() + 1;
        sizes.check(canvasWidth, canvasHeight);
    }

    private static Raster decodeImage(String type, ByteInput chunk, SizeCheck sizes) throws CodecException {
        return type.equals("VP8L") ? Vp8lDecoder.decode(chunk, sizes) : Vp8Decoder.decode(chunk, sizes);
    }

    private static void requireSize(Raster image, int width, int height) throws CodecException {
        if (width != 0 && (image.width() != width || image.height() != height)) {
            throw CodecException.corrupt("it announces " + width + " x " + height + " pixels and holds "
                    + image.width() + " x " + image.height());
        }
    }

    private Raster decodeFrame(ByteInput chunk) throws CodecException {
        int left = 2 * chunk.u24();
        int top = 2 * chunk.u24();
        int width = chunk.u24() + 1;
        int height = chunk.u24() + 1;
        if (left > canvasWidth - width || top > canvasHeight - height) {
            throw CodecException.corrupt("its first frame lies outside its canvas");
        }
        chunk.skip(4);
        while (chunk.remaining() >= 8) {
            var type = chunk.latin1(4);
            long length = chunk.u32();
            var part = chunk.slice(length);
            chunk.skip(Math.min(length & 1, chunk.remaining()));
            if (type.equals("VP8 ") || type.equals("VP8L")) {
                var frame = decodeImage(type, part, sizes);
                requireSize(frame, width, height);
                return onCanvas(frame, left, top);
            }
        }
        throw CodecException.truncated("its first frame is empty");
    }

    private Raster onCanvas(Raster frame, int left, int top) {
        var rgb = new byte[3 * canvasWidth * canvasHeight];
        for (int y = 0; y < frame.height(); y++) {
            System.arraycopy(frame.rgb(), 3 * frame.width() * y, rgb, 3 * ((top + y) * canvasWidth + left),
                    3 * frame.width());
        }
        return Raster.upright(canvasWidth, canvasHeight, rgb);
    }
}
