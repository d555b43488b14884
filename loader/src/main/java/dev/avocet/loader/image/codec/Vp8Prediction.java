// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/** VP8's predictions of blocks from the samples around them (RFC 6386, section 12). */
final class Vp8Prediction {
    private Vp8Prediction() {}

    /** Predicts a square of luma or chroma of a macroblock; the edges of the frame count for the mean only. */
    static void square(int mode, Vp8Planes.Plane plane, int at, int side, boolean hasAbove, boolean hasLeft) {
        var samples = plane.samples();
        int stride = plane.stride();
        switch (mode) {
            case Vp8Modes.DC -> fill(samples, at, stride, side, mean(samples, at, stride, side, hasAbove, hasLeft));
            case Vp8Modes.VERTICAL -> {
                for (int y = 0; y < side; y++) {
                    System.arraycopy(samples, at - stride, samples, at + y * stride, side);
                }
            }
            case Vp8Modes.HORIZONTAL -> {
                for (int y = 0; y < side; y++) {
                    int row = at + y * stride;
                    Arrays.fill(samples, row, row + side, samples[row - 1]);
                }
            }
            default -> trueMotion(samples, at, stride, side);
        }
    }

    private static void fill(byte[] samples, int at, int stride, int side, int value) {
        for (int y = 0; y < side; y++) {
            Arrays.fill(samples, at + y * stride, at + y * stride + side, (byte) value);
        }
    }

    private static int mean(byte[] samples, int at, int stride, int side, boolean hasAbove, boolean hasLeft) {
        if (!hasAbove && !hasLeft) {
            return 128;
        }
        int sum = 0;
        for (int i = 0; i < side; i++) {
            sum += hasAbove ? samples[at - stride + i] & 0xff : 0;
            sum += hasLeft ? samples[at + i * stride - 1] & 0xff : 0;
        }
        int count = hasAbove && hasLeft ? 2 * side : side;
        return (sum + count / 2) / count;
    }

    private static void trueMotion(byte[] samples, int at, int stride, int side) {
        int corner = samples[at - stride - 1] & 0xff;
        for (int y = 0; y < side; y++) {
            int row = at + y * stride;
            int difference = (samples[row - 1] & 0xff) - corner;
            for (int x = 0; x < side; x++) {
                samples[row + x] = (byte) Math.clamp((samples[at - stride + x] & 0xff) + difference, 0, 255);
            }
        }
    }

    /**
     * Predicts a 4 x 4 block of luma.
     *
     * @param e the 13 samples around it: 4 on the left from the lowest up, the corner, and 8 above
     */
    static void block(int mode, int[] e, byte[] out, int at, int stride) {
        switch (mode) {
            case Vp8Modes.DC -> {
                int sum = 4;
                for (int i = 0; i < 4; i++) {
                    sum += e[i] + e[5 + i];
                }
                fill(out, at, stride, 4, sum >> 3);
            }
            case Vp8Modes.TRUE_MOTION -> trueMotion(out, at, stride, 4);
            case Vp8Modes.VERTICAL -> {
                for (int i = 0; i < 16; i++) {
                    put(out, at, stride, i % 4, i / 4, smooth(e, 5 + i % 4));
                }
            }
            case Vp8Modes.HORIZONTAL -> {
                for (int i = 0; i < 16; i++) {
                    int y = i / 4;
                    int value = y < 3 ? smooth(e, 3 - y) : mix(e[1], e[0], e[0]);
                    put(out, at, stride, i % 4, y, value);
                }
            }
            case Vp8Modes.DOWN_RIGHT -> {
                for (int i = 0; i < 16; i++) {
                    put(out, at, stride, i % 4, i / 4, smooth(e, 4 - i / 4 + i % 4));
                }
            }
            case Vp8Modes.DOWN_LEFT -> {
                for (int i = 0; i < 16; i++) {
                    int along = i / 4 + i % 4;
                    put(out, at, stride, i % 4, i / 4, along < 6 ? smooth(e, 6 + along) : mix(e[11], e[12], e[12]));
                }
            }
            case Vp8Modes.VERTICAL_RIGHT -> {
                for (int i = 0; i < 16; i++) {
                    int y = i / 4;
                    // Where the line through the sample, one across for two down, meets the edge.
                    int meets = 2 * (i % 4) - y;
                    int value = meets < 0
                            ? smooth(e, 5 + meets)
                            : y % 2 == 0 ? middle(e, 4 + meets / 2) : smooth(e, 4 + (meets + 1) / 2);
                    put(out, at, stride, i % 4, y, value);
                }
            }
            case Vp8Modes.HORIZONTAL_DOWN -> {
                for (int i = 0; i < 16; i++) {
                    int x = i % 4;
                    int meets = 2 * (i / 4) - x;
                    int value = meets < 0
                            ? smooth(e, 3 - meets)
                            : x % 2 == 0 ? middle(e, 3 - meets / 2) : smooth(e, 4 - (meets + 1) / 2);
                    put(out, at, stride, x, i / 4, value);
                }
            }
            case Vp8Modes.VERTICAL_LEFT -> {
                for (int i = 0; i < 16; i++) {
                    int x = i % 4;
                    int y = i / 4;
                    int from = 5 + x + y / 2;
                    int value = y % 2 == 0 ? middle(e, from) : smooth(e, from + 1);
                    put(out, at, stride, x, y, value);
                }
                // Two samples that the rule would take from too far to the right are further along instead.
                put(out, at, stride, 3, 2, smooth(e, 10));
                put(out, at, stride, 3, 3, smooth(e, 11));
            }
            default -> {
                for (int i = 0; i < 16; i++) {
                    int along = i % 4 + 2 * (i / 4);
                    int value = along > 5
                            ? e[0]
                            : along == 5
                                    ? mix(e[1], e[0], e[0])
                                    : along % 2 == 0 ? middle(e, 2 - along / 2) : smooth(e, 2 - along / 2);
                    put(out, at, stride, i % 4, i / 4, value);
                }
            }
        }
    }

    private static void put(byte[] out, int at, int stride, int x, int y, int value) {
        out[at + y * stride + x] = (byte) value;
    }

    /** The mean of a sample of the edge and its neighbours, in which it counts twice. */
    private static int smooth(int[] e, int i) {
        return mix(e[i - 1], e[i], e[i + 1]);
    }

    private static int mix(int a, int b, int c) {
        return a + 2 * b + c + 2 >> 2;
    }

    /** The mean of a sample of the edge and the next. */
    private static int middle(int[] e, int i) {
        return e[i] + e[i + 1] + 1 >> 1;
    }
}
