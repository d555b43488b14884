// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** VP8's inverse transforms (RFC 6386, section 14). */
final class Vp8Transform {
    private Vp8Transform() {}

    /** The inverse Walsh-Hadamard transform: a mean for each of 16 luma blocks, put where its first coefficient is. */
    static void spreadMeans(short[] in, short[] blocks) {
        var work = new int[16];
        for (int i = 0; i < 4; i++) {
            int a = in[i] + in[12 + i];
            int b = in[4 + i] + in[8 + i];
            int c = in[4 + i] - in[8 + i];
            int d = in[i] - in[12 + i];
            work[i] = a + b;
            work[4 + i] = d + c;
            work[8 + i] = a - b;
            work[12 + i] = d - c;
        }
        for (int i = 0; i < 4; i++) {
            int first = work[4 * i] + 3;
            int a = first + work[4 * i + 3];
            int b = work[4 * i + 1] + work[4 * i + 2];
            int c = work[4 * i + 1] - work[4 * i + 2];
            int d = first - work[4 * i + 3];
            blocks[64 * i] = (short) (a + b >> 3);
            blocks[64 * i + 16] = (short) (d + c >> 3);
            blocks[64 * i + 32] = (short) (a - b >> 3);
            blocks[64 * i + 48] = (short) (d - c >> 3);
        }
    }

    /** The inverse cosine transform of 16 coefficients, added to a 4 x 4 block of samples. */
    static void add(short[] in, int from, byte[] samples, int at, int stride) {
        int c0 = in[from] + 4;
        boolean flat = true;
        for (int i = 1; i < 16; i++) {
            flat &= in[from + i] == 0;
        }
        if (flat) {
            if (in[from] != 0) {
                for (int y = 0; y < 4; y++) {
                    for (int x = 0; x < 4; x++) {
                        addTo(samples, at + y * stride + x, c0 >> 3);
                    }
                }
            }
            return;
        }
        var work = new int[16];
        for (int i = 0; i < 4; i++) {
            int a = in[from + i] + in[from + 8 + i];
            int b = in[from + i] - in[from + 8 + i];
            int c = timesSine(in[from + 4 + i]) - timesCosine(in[from + 12 + i]);
            int d = timesCosine(in[from + 4 + i]) + timesSine(in[from + 12 + i]);
            work[4 * i] = a + d;
            work[4 * i + 1] = b + c;
            work[4 * i + 2] = b - c;
            work[4 * i + 3] = a - d;
        }
        for (int y = 0; y < 4; y++) {
            int first = work[y] + 4;
            int a = first + work[8 + y];
            int b = first - work[8 + y];
            int c = timesSine(work[4 + y]) - timesCosine(work[12 + y]);
            int d = timesCosine(work[4 + y]) + timesSine(work[12 + y]);
            int to = at + y * stride;
            addTo(samples, to, a + d >> 3);
            addTo(samples, to + 1, b + c >> 3);
            addTo(samples, to + 2, b - c >> 3);
            addTo(samples, to + 3, a - d >> 3);
        }
    }

    private static void addTo(byte[] samples, int at, int difference) {
        samples[at] = (byte) Math.clamp((samples[at] & 0xff) + difference, 0, 255);
    }

    /** Times the square root of 2 times cos(pi / 8). */
    private static int timesCosine(int value) {
        return value + (value * 20091 >> 16);
    }

    /** Times the square root of 2 times sin(pi / 8). */
    private static int timesSine(int value) {
        return value * 35468 >> 16;
    }
}
