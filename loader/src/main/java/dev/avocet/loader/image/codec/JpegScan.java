// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/** One scan of a JPEG: some components, and for progressive pictures a band of their coefficients. */
final class JpegScan {
    /** Where the coefficients, which come in zigzag order, belong in a block; what runs over the end stays in it. */
    static final int[] NATURAL_ORDER = {
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63
    };

    private static final int MOST_BLOCKS_IN_MCU = 10;

    private final JpegFrame frame;
    private final JpegComponent[] components;
    private final JpegHuffmanTable[] dcTables;
    private final JpegHuffmanTable[] acTables;
    private final int[] predictions;
    private final JpegIdct idct = new JpegIdct();
    private final int[] block = new int[64];
    private int added;
    private int first;
    private int last;
    private int high;
    private int low;
    private int endOfBandRun;
    private JpegBits bits;
    private boolean exhausted;

    JpegScan(JpegFrame frame, int count) {
        this.frame = frame;
        frame.scans++;
        this.components = new JpegComponent[count];
        this.dcTables = new JpegHuffmanTable[count];
        this.acTables = new JpegHuffmanTable[count];
        this.predictions = new int[count];
    }

    void add(JpegComponent component, JpegHuffmanTable dc, JpegHuffmanTable ac) throws CodecException {
        for (int i = 0; i < added; i++) {
            if (components[i] == component) {
                throw CodecException.corrupt("a scan has the component " + component.id + " twice");
            }
        }
        components[added] = component;
        dcTables[added] = dc;
        acTables[added] = ac;
        added++;
    }

    /** The band of coefficients, and the bits that were known before (high) and are still to come (low). */
    void setBand(int bandFirst, int bandLast, int bitsHigh, int bitsLow) throws CodecException {
        if (frame.progressive) {
            boolean band = bandFirst == 0
                    ? bandLast == 0
                    : bandFirst <= bandLast && bandLast < 64 && components.length == 1;
            if (!band || bitsLow > 13 || bitsHigh != 0 && bitsLow != bitsHigh - 1) {
                throw CodecException.corrupt("a scan of coefficients " + bandFirst + " to " + bandLast + ", bits "
                        + bitsHigh + " to " + bitsLow + ", cannot exist");
            }
        }
        first = frame.progressive ? bandFirst : 0;
        last = frame.progressive ? bandLast : 63;
        high = frame.progressive ? bitsHigh : 0;
        low = frame.progressive ? bitsLow : 0;
        int blocks = 0;
        for (int i = 0; i < components.length; i++) {
            blocks += components[i].h * components[i].v;
            components[i].startScan(frame.scans, first, last, low);
            boolean needsDc = first == 0 && high == 0;
            boolean needsAc = last > 0;
            if (needsDc && dcTables[i] == null || needsAc && acTables[i] == null) {
                throw CodecException.corrupt("a Huffman table is missing");
            }
        }
        if (components.length > 1 && blocks > MOST_BLOCKS_IN_MCU) {
            throw CodecException.corrupt("its scan interleaves " + blocks + " blocks");
        }
    }

    /** Decodes the scan's blocks and returns where in the data it ended. */
    int decode(JpegBits source, int restartInterval) throws CodecException {
        bits = source;
        boolean single = components.length == 1;
        int columns = single ? components[0].blockColumns : frame.mcuColumns;
        int rows = single ? components[0].blockRows : frame.mcuRows;
        var restarts = new JpegRestarts(bits);
        int untilRestart = restartInterval;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                if (restartInterval > 0) {
                    if (untilRestart == 0) {
                        boolean resumed = restarts.next();
                        Arrays.fill(predictions, 0);
                        endOfBandRun = 0;
                        exhausted &= !resumed;
                        untilRestart = restartInterval;
                    }
                    untilRestart--;
                }
                if (exhausted) {
                    skipMcu(row, column);
                    continue;
                }
                frame.lastGoodRow = single ? row / components[0].v : row;
                if (single) {
                    decodeBlock(0, row, column);
                } else {
                    decodeMcu(row, column);
                }
                exhausted = bits.isExhausted();
            }
        }
        return bits.position();
    }

    private void decodeMcu(int row, int column) throws CodecException {
        for (int c = 0; c < components.length; c++) {
            var component = components[c];
            for (int y = 0; y < component.v; y++) {
                for (int x = 0; x < component.h; x++) {
                    decodeBlock(c, row * component.v + y, column * component.h + x);
                }
            }
        }
    }

    /** Where there are no data left, sequential blocks have no coefficients, and refinements refine nothing. */
    private void skipMcu(int row, int column) {
        for (var component : components) {
            if (component.samples == null) {
                continue;
            }
            boolean single = components.length == 1;
            for (int y = 0; y < (single ? 1 : component.v); y++) {
                for (int x = 0; x < (single ? 1 : component.h); x++) {
                    int blockRow = single ? row : row * component.v + y;
                    int blockColumn = single ? column : column * component.h + x;
                    JpegIdct.flat(0, component.samples, sampleAt(component, blockRow, blockColumn), component.stride());
                }
            }
        }
    }

    private static int sampleAt(JpegComponent component, int row, int column) {
        return 8 * (row * component.stride() + column);
    }

    private void decodeBlock(int c, int row, int column) throws CodecException {
        var component = components[c];
        if (component.samples != null) {
            decodeSequential(c, component, sampleAt(component, row, column));
            return;
        }
        int at = (row * component.storedColumns + column) * 64;
        if (!frame.progressive) {
            storeSequential(c, component.coefficients, at);
        } else if (first == 0) {
            if (high == 0) {
                component.coefficients[at] = (short) (nextDc(c) << low);
            } else if (bits.bits(1) != 0) {
                component.coefficients[at] |= (short) (1 << low);
            }
        } else if (high == 0) {
            storeBand(component.coefficients, at, acTables[0]);
        } else {
            refineBand(component.coefficients, at, acTables[0]);
        }
    }

    private int nextDc(int c) throws CodecException {
        int size = bits.symbol(dcTables[c]);
        if (size > 0) {
            predictions[c] += bits.signedAfterSymbol(size);
        }
        return predictions[c];
    }

    private void decodeSequential(int c, JpegComponent component, int at) throws CodecException {
        var quant = component.quant;
        var ac = acTables[c];
        int dc = (short) ((short) nextDc(c) * quant[0]);
        boolean flat = true;
        for (int k = 1; k < 64; k++) {
            int symbol = bits.symbol(ac);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size > 0) {
                k += run;
                int value = bits.signedAfterSymbol(size);
                block[NATURAL_ORDER[k]] = (short) (value * quant[Math.min(k, 63)]);
                flat = false;
            } else if (run == 15) {
                k += 15;
            } else {
                break;
            }
        }
        if (flat) {
            JpegIdct.flat(dc, component.samples, at, component.stride());
        } else {
            block[0] = dc;
            idct.transform(block, component.samples, at, component.stride());
            Arrays.fill(block, 0);
        }
    }

    private void storeSequential(int c, short[] coefficients, int at) throws CodecException {
        coefficients[at] = (short) nextDc(c);
        for (int k = 1; k < 64; k++) {
            int symbol = bits.symbol(acTables[c]);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size > 0) {
                k += run;
                coefficients[at + Math.min(k, 63)] = (short) bits.signedAfterSymbol(size);
            } else if (run == 15) {
                k += 15;
            } else {
                break;
            }
        }
    }

    private void storeBand(short[] coefficients, int at, JpegHuffmanTable table) throws CodecException {
        if (endOfBandRun > 0) {
            endOfBandRun--;
            return;
        }
        for (int k = first; k <= last; k++) {
            int symbol = bits.symbol(table);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size > 0) {
                k += run;
                coefficients[at + Math.min(k, 63)] = (short) (bits.signedAfterSymbol(size) << low);
            } else if (run == 15) {
                k += 15;
            } else {
                endOfBandRun = (1 << run) - 1 + (run > 0 ? bits.bits(run) : 0);
                break;
            }
        }
    }

    private void refineBand(short[] coefficients, int at, JpegHuffmanTable table) throws CodecException {
        int k = first;
        if (endOfBandRun == 0) {
            for (; k <= last; k++) {
                int symbol = bits.symbol(table);
                int run = symbol >> 4;
                int fresh = 0;
                if ((symbol & 15) != 0) {
                    fresh = bits.bits(1) != 0 ? 1 << low : -1 << low;
                } else if (run < 15) {
                    endOfBandRun = (1 << run) + (run > 0 ? bits.bits(run) : 0);
                    break;
                }
                k = refine(coefficients, at, k, run);
                if (fresh != 0) {
                    coefficients[at + Math.min(k, 63)] = (short) fresh;
                }
            }
        }
        if (endOfBandRun > 0) {
            refine(coefficients, at, k, 64);
            endOfBandRun--;
        }
    }

    /** Refines what is not zero from coefficient k on, passing over so many zeros; returns where it stopped. */
    private int refine(short[] coefficients, int at, int from, int zeros) throws CodecException {
        int left = zeros;
        int k = from;
        for (; k <= last; k++) {
            int value = coefficients[at + k];
            if (value == 0) {
                if (--left < 0) {
                    break;
                }
            } else if (bits.bits(1) != 0 && (value & 1 << low) == 0) {
                coefficients[at + k] += (short) (value >= 0 ? 1 << low : -1 << low);
            }
        }
        return k;
    }
}
