// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/**
 * JPEG (ITU-T T.81) with Huffman codes and 8 bits: baseline, extended and progressive; grey, YCbCr, RGB, CMYK and YCCK;
 * every subsampling by whole factors; restart markers. Of a multi-picture file the first picture.
 *
 * <p>Samples equal libjpeg-turbo's with its accurate inverse transform and its smooth ("fancy") upsampling, as Pillow
 * uses it. Damaged entropy-coded data are decoded as far as they go, also as there; but a file without its end marker
 * is refused. CMYK is taken as inverted, as Photoshop writes it and Pillow assumes. Lossless, hierarchical and
 * arithmetic-coded files and those of 12 bits are refused.
 */
final class JpegDecoder {
    /** Each scan costs a pass over all blocks, however few bytes it has. Encoders make about ten. */
    private static final int MOST_SCANS = 500;
    private static final int FEWEST_SCANS = 20;
    private static final long MOST_BLOCK_VISITS = 1L << 28;

    private static final int SOF0 = 0xc0;
    private static final int SOF1 = 0xc1;
    private static final int SOF2 = 0xc2;
    private static final int DHT = 0xc4;
    private static final int SOF15 = 0xcf;
    private static final int JPG = 0xc8;
    private static final int DAC = 0xcc;
    private static final int RST0 = 0xd0;
    private static final int RST7 = 0xd7;
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int DQT = 0xdb;
    private static final int DNL = 0xdc;
    private static final int DRI = 0xdd;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP14 = 0xee;
    private static final int APP15 = 0xef;
    private static final int COM = 0xfe;
    private static final int TEM = 0x01;

    private static final String EXIF = "Exif\0\0";
    private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";

    private final ByteInput in;
    private final SizeCheck sizes;
    private final int[][] quantTables = new int[4][];
    private final JpegHuffmanTable[] dcTables = new JpegHuffmanTable[4];
    private final JpegHuffmanTable[] acTables = new JpegHuffmanTable[4];
    private JpegFrame frame;
    private int restartInterval;
    private boolean sawJfif;
    private int adobeTransform = -1;
    private byte[] exif;
    private byte[] xmp;

    private JpegDecoder(byte[] data, SizeCheck sizes) {
        this.in = ByteInput.bigEndian(data);
        this.sizes = sizes;
    }

    static Raster decode(byte[] data, SizeCheck sizes) throws CodecException {
        var decoder = new JpegDecoder(data, sizes);
        decoder.in.skip(2);
        decoder.readToFirstScan();
        decoder.readScans();
        var frame = decoder.frame;
        frame.transform();
        var rgb = JpegColours.guess(frame, decoder.sawJfif, decoder.adobeTransform).toRgb();
        return Raster.upright(frame.width, frame.height, rgb).oriented(Exif.orientation(decoder.exif, decoder.xmp));
    }

    /**
     * The samples of a JPEG inside a TIFF file, interleaved, as they are stored but for YCbCr, which becomes RGB.
     *
     * @param tables a file of tables only, which come first, or null
     */
    static byte[] decodeSamples(byte[] tables, byte[] data, int columns, int rows, int samples, boolean ycc)
            throws CodecException {
        var decoder = new JpegDecoder(data, (width, height) -> {
            if (width != columns || height < 1 || height > rows) {
                throw CodecException.corrupt("a part of its pixels is " + width + " x " + height + " where " + columns
                        + " x " + rows + " belong");
            }
        });
        if (tables != null) {
            var preset = new JpegDecoder(tables, (width, height) -> {});
            preset.in.skip(2);
            preset.readSegmentsToScan();
            System.arraycopy(preset.quantTables, 0, decoder.quantTables, 0, 4);
            System.arraycopy(preset.dcTables, 0, decoder.dcTables, 0, 4);
            System.arraycopy(preset.acTables, 0, decoder.acTables, 0, 4);
        }
        decoder.in.skip(2);
        decoder.readToFirstScan();
        decoder.readScans();
        if (decoder.frame.components.length != samples) {
            throw CodecException.corrupt("a part of its pixels has " + decoder.frame.components.length
                    + " components where " + samples + " belong");
        }
        decoder.frame.transform();
        return new JpegColours(decoder.frame, ycc).samples(rows);
    }

    private void readToFirstScan() throws CodecException {
        if (!readSegmentsToScan()) {
            throw CodecException.truncated("it holds no picture, only tables");
        }
        requireEnd(in.position());
    }

    /** A picture without an end marker behind its first scan has lost its end. */
    private void requireEnd(int from) throws CodecException {
        var data = in.array();
        for (int i = data.length - 2; i >= from; i--) {
            if (data[i] == (byte) 0xff && data[i + 1] == (byte) EOI) {
                return;
            }
        }
        throw CodecException.truncated("it has no end marker");
    }

    private void readScans() throws CodecException {
        do {
            readScan();
            if (frame.scans > Math.clamp(MOST_BLOCK_VISITS / frame.blocks(), FEWEST_SCANS, MOST_SCANS)) {
                throw CodecException.unsupported("it has more than " + (frame.scans - 1) + " scans");
            }
        } while (frame.hasMoreScans() && readSegmentsToScan());
    }

    /** Reads up to and with the next SOS marker; false when the end marker comes first. */
    private boolean readSegmentsToScan() throws CodecException {
        while (true) {
            int marker = nextMarker();
            if (marker == SOS) {
                return true;
            } else if (marker == EOI) {
                return false;
            } else if (marker == SOI) {
                throw CodecException.corrupt("a second picture begins inside it, before byte " + in.position());
            } else if (marker != TEM && (marker < RST0 || marker > RST7)) {
                long length = in.u16();
                if (length < 2) {
                    throw CodecException.corrupt("the segment before byte " + in.position() + " has no length");
                }
                read(marker, in.slice(length - 2));
            }
        }
    }

    /** The next marker, whatever lies before it. */
    private int nextMarker() throws CodecException {
        int value;
        do {
            do {
                value = in.u8();
            } while (value != 0xff);
            do {
                value = in.u8();
            } while (value == 0xff);
        } while (value == 0);
        return value;
    }

    private void read(int marker, ByteInput segment) throws CodecException {
        switch (marker) {
            case DQT -> readQuantTables(segment);
            case DHT -> readHuffmanTables(segment);
            case DRI -> restartInterval = segment.u16();
            case DNL, DAC, COM -> {}
            default -> {
                if (marker >= APP0 && marker <= APP15) {
                    readApplication(marker, segment);
                } else if (marker >= SOF0 && marker <= SOF15 && marker != JPG) {
                    readFrame(marker, segment);
                } else {
                    throw CodecException.corrupt(String.format("its marker %02x has no meaning", marker));
                }
            }
        }
    }

    private void readApplication(int marker, ByteInput segment) throws CodecException {
        int length = segment.remaining();
        if (marker == APP0) {
            sawJfif |= length >= 14 && segment.startsWith("JFIF\0");
        } else if (marker == APP14 && length >= 12 && segment.startsWith("Adobe")) {
            segment.skip(11);
            adobeTransform = segment.u8();
        } else if (marker == APP1 && segment.startsWith(EXIF)) {
            // A block of more than 64 kB continues in further segments.
            if (exif != null) {
                segment.skip(EXIF.length());
            }
            int before = exif == null ? 0 : exif.length;
            var more = segment.bytes(segment.remaining());
            exif = Arrays.copyOf(exif == null ? more : exif, before + more.length);
            System.arraycopy(more, 0, exif, before, more.length);
        } else if (marker == APP1 && segment.startsWith(XMP)) {
            segment.skip(XMP.length());
            xmp = segment.bytes(segment.remaining());
        }
    }

    private void readQuantTables(ByteInput segment) throws CodecException {
        while (segment.remaining() > 0) {
            int head = segment.u8();
            boolean wide = head >> 4 != 0;
            var table = new int[64];
            for (int i = 0; i < 64; i++) {
                table[i] = wide ? segment.u16() : segment.u8();
            }
            quantTables[tableNumber(head & 15)] = table;
        }
    }

    private void readHuffmanTables(ByteInput segment) throws CodecException {
        while (segment.remaining() > 0) {
            int head = segment.u8();
            var counts = new int[17];
            int total = 0;
            for (int i = 1; i <= 16; i++) {
                counts[i] = segment.u8();
                total += counts[i];
            }
            if (total > 256 || head >> 4 > 1) {
                throw CodecException.corrupt("its Huffman table " + head + " with " + total + " codes cannot exist");
            }
            boolean dc = head >> 4 == 0;
            (dc ? dcTables : acTables)[tableNumber(head & 15)] =
                    new JpegHuffmanTable(counts, segment.bytes(total), dc);
        }
    }

    private static int tableNumber(int number) throws CodecException {
        if (number > 3) {
            throw CodecException.corrupt("it has a table number " + number + ", and there are only 0 to 3");
        }
        return number;
    }

    private void readFrame(int marker, ByteInput segment) throws CodecException {
        if (marker != SOF0 && marker != SOF1 && marker != SOF2) {
            throw CodecException.unsupported("it is " + switch (marker & 3) {
                case 3 -> "a lossless JPEG";
                default -> marker >= 0xc9 ? "an arithmetic-coded JPEG" : "a hierarchical JPEG";
            } + ", which is not decoded here");
        }
        if (frame != null) {
            throw CodecException.corrupt("it has two frames");
        }
        int precision = segment.u8();
        int height = segment.u16();
        int width = segment.u16();
        int count = segment.u8();
        if (precision != 8) {
            throw CodecException.unsupported("it has " + precision + " bits per sample");
        }
        if (count != 1 && count != 3 && count != 4) {
            throw CodecException.unsupported("it has " + count + " components");
        }
        sizes.check(width, height);
        var components = new JpegComponent[count];
        for (int i = 0; i < count; i++) {
            int id = segment.u8();
            int sampling = segment.u8();
            components[i] = new JpegComponent(id, sampling >> 4, sampling & 15, segment.u8());
        }
        frame = new JpegFrame(width, height, marker == SOF2, components);
        if (marker != SOF2) {
            defineMissingTables();
        }
        if (frame.leastBytes() > in.remaining()) {
            throw CodecException.truncated(in.remaining() + " bytes cannot hold " + width + " x " + height + " pixels");
        }
    }

    private void defineMissingTables() throws CodecException {
        for (int i = 0; i < 2; i++) {
            dcTables[i] = dcTables[i] == null ? JpegUsualTables.dc(i) : dcTables[i];
            acTables[i] = acTables[i] == null ? JpegUsualTables.ac(i) : acTables[i];
        }
    }

    private void readScan() throws CodecException {
        if (frame == null) {
            throw CodecException.corrupt("a scan begins before the frame is described");
        }
        var header = in.slice(in.u16() - 2L);
        int count = header.u8();
        if (count < 1 || count > frame.components.length || header.remaining() != 2 * count + 3) {
            throw CodecException.corrupt("a scan announces " + count + " components");
        }
        var scan = new JpegScan(frame, count);
        for (int i = 0; i < count; i++) {
            int id = header.u8();
            var component = frame.component(id);
            int tables = header.u8();
            if (component.quant == null) {
                int[] quant = component.quantTable > 3 ? null : quantTables[component.quantTable];
                if (quant == null) {
                    throw CodecException.corrupt("its quantisation table " + component.quantTable + " is missing");
                }
                component.quant = quant;
            }
            scan.add(component, table(dcTables, tables >> 4), table(acTables, tables & 15));
        }
        int first = header.u8();
        int last = header.u8();
        int bits = header.u8();
        scan.setBand(first, last, bits >> 4, bits & 15);
        frame.allocate(count);
        in.seek(scan.decode(new JpegBits(in.array(), in.position()), restartInterval));
    }

    /** A table, or null where none has been defined, which matters only when it is used. */
    private static JpegHuffmanTable table(JpegHuffmanTable[] tables, int number) {
        return number > 3 ? null : tables[number];
    }
}
