// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** What a JPEG's frame header describes, and the memory that decoding it takes. */
final class JpegFrame {
    final int width;
    final int height;
    final boolean progressive;
    final JpegComponent[] components;
    final int maxH;
    final int maxV;
    final int mcuColumns;
    final int mcuRows;

    /** How many scans have begun. */
    int scans;

    /** The last row of MCUs that the last scan had data for. */
    int lastGoodRow;

    private boolean allocated;
    private boolean severalScans;

    JpegFrame(int width, int height, boolean progressive, JpegComponent[] components) throws CodecException {
        this.width = width;
        this.height = height;
        this.progressive = progressive;
        this.components = components;
        int h = 1;
        int v = 1;
        for (var component : components) {
            if (component.h < 1 || component.h > 4 || component.v < 1 || component.v > 4) {
                throw CodecException.corrupt("its sampling factors are " + component.h + " x " + component.v);
            }
            h = Math.max(h, component.h);
            v = Math.max(v, component.v);
        }
        this.maxH = h;
        this.maxV = v;
        this.mcuColumns = JpegComponent.ceilDiv(width, 8L * h);
        this.mcuRows = JpegComponent.ceilDiv(height, 8L * v);
        for (var component : components) {
            if (h % component.h != 0 || v % component.v != 0) {
                throw CodecException.unsupported("its subsampling of " + component.h + " x " + component.v + " to "
                        + h + " x " + v + " is not by a whole factor");
            }
            component.measure(width, height, h, v, mcuColumns, mcuRows);
            if (component.storedBlocks() > Integer.MAX_VALUE / 64) {
                throw CodecException.tooLarge("it has more samples than one array holds");
            }
        }
    }

    long blocks() {
        long blocks = 0;
        for (var component : components) {
            blocks += (long) component.blockColumns * component.blockRows;
        }
        return blocks;
    }

    /** The fewest bytes that can hold all blocks: a code has at least one bit, and a sequential block two codes. */
    long leastBytes() {
        return blocks() / (progressive ? 8 : 4);
    }

    JpegComponent component(int id) throws CodecException {
        for (var component : components) {
            if (component.id == id) {
                return component;
            }
        }
        throw CodecException.corrupt("a scan has the component " + id + ", which the frame does not know");
    }

    /** Makes room when the first scan is known: for coefficients if more scans follow, else for samples alone. */
    void allocate(int componentsOfScan) {
        if (allocated) {
            return;
        }
        allocated = true;
        severalScans = progressive || componentsOfScan < components.length;
        for (var component : components) {
            if (severalScans) {
                component.coefficients = new short[(int) component.storedBlocks() * 64];
            } else {
                component.samples = new byte[(int) component.storedBlocks() * 64];
            }
        }
    }

    /** As in libjpeg: a picture whose first scan has all components is complete after it unless it is progressive. */
    boolean hasMoreScans() {
        return severalScans;
    }

    /** Turns coefficients into samples, where that has not happened while they were read. */
    void transform() {
        if (!severalScans) {
            return;
        }
        var smoothing = JpegSmoothing.of(this);
        var idct = new JpegIdct();
        var block = new int[64];
        for (var component : components) {
            component.samples = new byte[(int) component.storedBlocks() * 64];
            for (int row = 0; row < component.blockRows; row++) {
                for (int column = 0; column < component.blockColumns; column++) {
                    int from = (row * component.storedColumns + column) * 64;
                    boolean flat = true;
                    for (int i = 0; i < 64; i++) {
                        int value = component.coefficients[from + i];
                        block[JpegScan.NATURAL_ORDER[i]] = value;
                        flat &= i == 0 || value == 0;
                    }
                    if (smoothing != null) {
                        smoothing.estimate(component, row, column, block);
                        flat = false;
                    }
                    transform(component, idct, block, flat, 8 * (row * component.stride() + column));
                }
            }
            component.coefficients = null;
        }
    }

    private static void transform(JpegComponent component, JpegIdct idct, int[] block, boolean flat, int at) {
        if (component.quant == null) {
            // No scan had this component: all its samples are the middle grey.
            JpegIdct.flat(0, component.samples, at, component.stride());
        } else if (flat) {
            JpegIdct.flat((short) (block[0] * component.quant[0]), component.samples, at, component.stride());
        } else {
            for (int i = 0; i < 64; i++) {
                int to = JpegScan.NATURAL_ORDER[i];
                block[to] = (short) (block[to] * component.quant[i]);
            }
            idct.transform(block, component.samples, at, component.stride());
        }
    }
}
