// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/**
 * GIF: the first frame on its screen. As in Pillow, the screen around a smaller frame has the frame's transparent
 * colour, or colour 0 when it has none, and transparent pixels keep their colour from the palette.
 */
final class GifDecoder {
    private static final int MOST_CODES = 4096;

    private final ByteInput in;
    private final SizeCheck sizes;
    private byte[] palette;
    private int transparent = -1;

    private GifDecoder(byte[] data, SizeCheck sizes) {
        this.in = ByteInput.littleEndian(data);
        this.sizes = sizes;
    }

    static Raster decode(byte[] data, SizeCheck sizes) throws CodecException {
        return new GifDecoder(data, sizes).decode();
    }

    private Raster decode() throws CodecException {
        in.skip(6);
        int screenWidth = in.u16();
        int screenHeight = in.u16();
        int flags = in.u8();
        in.skip(2);
        if ((flags & 0x80) != 0) {
            palette = readPalette(flags);
        }
        toFirstFrame();
        int left = in.u16();
        int top = in.u16();
        int frameWidth = in.u16();
        int frameHeight = in.u16();
        int frameFlags = in.u8();
        if ((frameFlags & 0x80) != 0) {
            palette = readPalette(frameFlags);
        }
        int width = Math.max(screenWidth, left + frameWidth);
        int height = Math.max(screenHeight, top + frameHeight);
        sizes.check(width, height);
        if (frameWidth == 0 || frameHeight == 0) {
            throw CodecException.corrupt("its first frame is empty: " + frameWidth + " x " + frameHeight);
        }
        // A code of at least two bits stands for at most 4096 pixels.
        if ((long) frameWidth * frameHeight > in.remaining() * 4L * MOST_CODES) {
            throw CodecException.truncated(in.remaining() + " bytes cannot hold " + frameWidth + " x " + frameHeight
                    + " pixels");
        }
        var frame = new Frame(frameWidth, frameHeight, (frameFlags & 0x40) != 0);
        decompress(frame);
        var rgb = new byte[3 * width * height];
        paintScreen(rgb);
        for (int y = 0; y < frameHeight; y++) {
            int to = 3 * ((top + y) * width + left);
            for (int x = 0; x < frameWidth; x++) {
                paint(rgb, to + 3 * x, frame.indices[y * frameWidth + x] & 0xff);
            }
        }
        return Raster.upright(width, height, rgb);
    }

    /** A palette padded with black, or null when each colour is the grey of its index, beyond the palette's end too. */
    private byte[] readPalette(int flags) throws CodecException {
        var colours = in.bytes(3 * (2 << (flags & 7)));
        boolean isRamp = true;
        for (int i = 0; i < colours.length; i++) {
            isRamp &= colours[i] == (byte) (i / 3);
        }
        return isRamp ? null : Arrays.copyOf(colours, 3 * 256);
    }

    /** Goes behind the separator of the first frame; what the blocks before it say about transparency is kept. */
    private void toFirstFrame() throws CodecException {
        while (true) {
            int introducer = in.u8();
            if (introducer == ',') {
                return;
            }
            if (introducer == ';') {
                throw CodecException.truncated("it holds no frame");
            }
            if (introducer == '!') {
                int label = in.u8();
                int length = in.u8();
                var block = in.slice(length);
                if (label == 0xf9 && length >= 4) {
                    boolean hasTransparent = (block.u8() & 1) != 0;
                    block.skip(2);
                    transparent = hasTransparent ? block.u8() : transparent;
                }
                while (length != 0) {
                    length = in.u8();
                    in.skip(length);
                }
            }
        }
    }

    private void paintScreen(byte[] rgb) {
        paint(rgb, 0, Math.max(transparent, 0));
        // Each copy doubles what is filled.
        for (int filled = 3; filled < rgb.length; filled *= 2) {
            System.arraycopy(rgb, 0, rgb, filled, Math.min(filled, rgb.length - filled));
        }
    }

    private void paint(byte[] rgb, int at, int index) {
        for (int c = 0; c < 3; c++) {
            rgb[at + c] = palette == null ? (byte) index : palette[3 * index + c];
        }
    }

    /** The frame's colour indices, filled in the order in which the file has them. */
    private static final class Frame {
        private static final int[] STARTS = {0, 4, 2, 1};
        private static final int[] STEPS = {8, 8, 4, 2};

        private final byte[] indices;
        private final int width;
        private final int height;
        private final boolean interlaced;
        private int left;
        private int at;
        private int y;
        private int pass;

        Frame(int width, int height, boolean interlaced) {
            this.indices = new byte[width * height];
            this.width = width;
            this.height = height;
            this.interlaced = interlaced;
            this.left = width;
        }

        boolean isFull() {
            return y >= height;
        }

        void add(byte[] string, int from, int length) {
            int done = 0;
            while (done < length && !isFull()) {
                int count = Math.min(length - done, left);
                System.arraycopy(string, from + done, indices, at, count);
                done += count;
                at += count;
                left -= count;
                if (left == 0) {
                    nextRow();
                }
            }
        }

        private void nextRow() {
            y += interlaced ? STEPS[pass] : 1;
            while (interlaced && y >= height && pass < 3) {
                y = STARTS[++pass];
            }
            at = y * width;
            left = width;
        }
    }

    private void decompress(Frame frame) throws CodecException {
        int bits = in.u8();
        if (bits > 11) {
            throw CodecException.corrupt("its codes begin with " + bits + " bits");
        }
        int clear = 1 << bits;
        var prefixes = new int[MOST_CODES];
        var suffixes = new byte[MOST_CODES];
        var string = new byte[MOST_CODES];
        var codes = new SubBlocks(in);
        int next = clear + 2;
        int codeSize = bits + 1;
        int previous = -1;
        byte first = 0;
        while (!frame.isFull()) {
            int code = codes.next(codeSize);
            if (code == clear) {
                next = clear + 2;
                codeSize = bits + 1;
                previous = -1;
                continue;
            }
            if (code == clear + 1) {
                throw CodecException.truncated("its first frame ends too early");
            }
            if (code > next || previous < 0 && code > clear) {
                throw CodecException.corrupt("its code " + code + " does not exist yet");
            }
            int at = MOST_CODES;
            int rest = code;
            if (code == next && previous >= 0) {
                string[--at] = first;
                rest = previous;
            }
            while (rest >= clear) {
                if (at == 0 || rest >= MOST_CODES) {
                    throw CodecException.corrupt("its codes lead nowhere");
                }
                string[--at] = suffixes[rest];
                rest = prefixes[rest];
            }
            if (at == 0) {
                throw CodecException.corrupt("its codes lead nowhere");
            }
            first = (byte) rest;
            string[--at] = first;
            frame.add(string, at, MOST_CODES - at);
            if (previous >= 0 && next < MOST_CODES) {
                prefixes[next] = previous;
                suffixes[next] = first;
                if (next == (1 << codeSize) - 1 && codeSize < 12) {
                    codeSize++;
                }
                next++;
            }
            previous = code;
        }
    }

    /** Codes, lowest bit first, out of blocks of at most 255 bytes. */
    private static final class SubBlocks {
        private final ByteInput in;
        private int left;
        private int buffer;
        private int bits;

        SubBlocks(ByteInput in) {
            this.in = in;
        }

        int next(int size) throws CodecException {
            while (bits < size) {
                if (left == 0) {
                    left = in.u8();
                    if (left == 0) {
                        throw CodecException.truncated("its first frame ends too early");
                    }
                }
                buffer |= in.u8() << bits;
                bits += 8;
                left--;
            }
            int code = buffer & (1 << size) - 1;
            buffer >>>= size;
            bits -= size;
            return code;
        }
    }
}
