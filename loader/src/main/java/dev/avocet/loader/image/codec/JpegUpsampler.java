// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/**
 * Rows of a component at the picture's full size: for halved components a triangle filter with libjpeg-turbo's
 * roundings ("fancy upsampling"), for all others repetition.
 */
final class JpegUpsampler {
    private enum Filter {
        NONE, REPEAT, HALF_WIDTH, HALF_HEIGHT, HALF_BOTH
    }

    private final JpegComponent component;
    private final Filter filter;
    private final int repeatX;
    private final int repeatY;
    private final byte[] wide;
    private final int[] sums;
    private byte[] row;
    private int offset;

    JpegUpsampler(JpegComponent component, JpegFrame frame) {
        this.component = component;
        this.repeatX = frame.maxH / component.h;
        this.repeatY = frame.maxV / component.v;
        boolean smoothX = repeatX == 2 && component.width > 2;
        if (repeatX == 1 && repeatY == 1) {
            filter = Filter.NONE;
        } else if (smoothX && repeatY == 1) {
            filter = Filter.HALF_WIDTH;
        } else if (smoothX && repeatY == 2) {
            filter = Filter.HALF_BOTH;
        } else if (repeatX == 1 && repeatY == 2) {
            filter = Filter.HALF_HEIGHT;
        } else {
            filter = Filter.REPEAT;
        }
        wide = filter == Filter.NONE ? null : new byte[component.width * repeatX];
        sums = filter == Filter.HALF_BOTH ? new int[component.width] : null;
    }

    /** Makes a row of the picture available from {@link #row()}, beginning at {@link #offset()}. */
    void load(int y) {
        int nearest = y / repeatY;
        int from = nearest * component.stride();
        if (filter == Filter.NONE) {
            row = component.samples;
            offset = from;
            return;
        }
        row = wide;
        // The other row that takes part: the one above for the upper half of a sample, the one below for the lower.
        int other = Math.clamp(nearest + 2L * (y % repeatY) - 1, 0, component.height - 1) * component.stride();
        switch (filter) {
            case HALF_WIDTH -> doubleWidth(from);
            case HALF_HEIGHT -> mixRows(from, other, 1 + y % 2);
            case HALF_BOTH -> doubleBoth(from, other);
            default -> repeat(from);
        }
    }

    byte[] row() {
        return row;
    }

    int offset() {
        return offset;
    }

    private void repeat(int from) {
        int to = 0;
        for (int x = 0; x < component.width; x++) {
            byte value = component.samples[from + x];
            for (int i = 0; i < repeatX; i++) {
                wide[to++] = value;
            }
        }
    }

    private void doubleWidth(int from) {
        var in = component.samples;
        int last = component.width - 1;
        int left = in[from] & 0xff;
        int here = left;
        int right = in[from + 1] & 0xff;
        wide[0] = (byte) here;
        wide[1] = (byte) (here * 3 + right + 2 >> 2);
        for (int x = 1; x < last; x++) {
            left = here;
            here = right;
            right = in[from + x + 1] & 0xff;
            wide[2 * x] = (byte) (here * 3 + left + 1 >> 2);
            wide[2 * x + 1] = (byte) (here * 3 + right + 2 >> 2);
        }
        wide[2 * last] = (byte) (right * 3 + here + 1 >> 2);
        wide[2 * last + 1] = (byte) right;
    }

    private void mixRows(int from, int other, int bias) {
        var in = component.samples;
        for (int x = 0; x < component.width; x++) {
            wide[x] = (byte) ((in[from + x] & 0xff) * 3 + (in[other + x] & 0xff) + bias >> 2);
        }
    }

    private void doubleBoth(int from, int other) {
        var in = component.samples;
        int last = component.width - 1;
        for (int x = 0; x <= last; x++) {
            sums[x] = (in[from + x] & 0xff) * 3 + (in[other + x] & 0xff);
        }
        wide[0] = (byte) (sums[0] * 4 + 8 >> 4);
        for (int x = 0; x < last; x++) {
            int left = sums[x];
            int right = sums[x + 1];
            wide[2 * x + 1] = (byte) (left * 3 + right + 7 >> 4);
            wide[2 * x + 2] = (byte) (right * 3 + left + 8 >> 4);
        }
        wide[2 * last + 1] = (byte) (sums[last] * 4 + 7 >> 4);
    }
}
