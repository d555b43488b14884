// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

import java.util.Arrays;

/**
 * The inverse discrete cosine transform of Loeffler, Ligtenberg and Moschytz (1989) with 13-bit constants and the two
 * roundings of libjpeg's {@code jidctint.c}, so that samples equal those of its accurate integer method.
 *
 * <p>Coefficients that no picture has, but coarse quantisation or damage can make, overflow the 16-bit lanes of
 * libjpeg-turbo's vector code; sums wrap and rows saturate here where they do there.
 */
final class JpegIdct {
    private static final int CONST_BITS = 13;
    private static final int PASS1_BITS = 2;
    private static final int DOWN1 = CONST_BITS - PASS1_BITS;
    private static final int DOWN2 = CONST_BITS + PASS1_BITS + 3;
    private static final int ROUND1 = 1 << DOWN1 - 1;
    // The level shift of 128 rides on the rounding of the second pass.
    private static final int ROUND2 = (1 << DOWN2 - 1) + (128 << DOWN2);

    // Sums and differences of cosines, times 2^13.
    private static final int F_0_298631336 = 2446;
    private static final int F_0_390180644 = 3196;
    private static final int F_0_541196100 = 4433;
    private static final int F_0_765366865 = 6270;
    private static final int F_0_899976223 = 7373;
    private static final int F_1_175875602 = 9633;
    private static final int F_1_501321110 = 12299;
    private static final int F_1_847759065 = 15137;
    private static final int F_1_961570560 = 16069;
    private static final int F_2_053119869 = 16819;
    private static final int F_2_562915447 = 20995;
    private static final int F_3_072711026 = 25172;

    private final int[] work = new int[64];

    /** A block whose coefficients are all 0 but the first. */
    static void flat(int dc, byte[] out, int at, int stride) {
        byte value = (byte) clamp(((short) (dc << PASS1_BITS) + (1 << PASS1_BITS + 2) >> PASS1_BITS + 3) + 128);
        for (int y = 0; y < 8; y++) {
            Arrays.fill(out, at + y * stride, at + y * stride + 8, value);
        }
    }

    /** Dequantised coefficients, row by row, to 8 x 8 samples. */
    void transform(int[] block, byte[] out, int at, int stride) {
        for (int x = 0; x < 8; x++) {
            column(block, x);
        }
        for (int y = 0; y < 8; y++) {
            row(8 * y, out, at + y * stride);
        }
    }

    private void column(int[] block, int x) {
        int c0 = block[x];
        int c1 = block[x + 8];
        int c2 = block[x + 16];
        int c3 = block[x + 24];
        int c4 = block[x + 32];
        int c5 = block[x + 40];
        int c6 = block[x + 48];
        int c7 = block[x + 56];
        if ((c1 | c2 | c3 | c4 | c5 | c6 | c7) == 0) {
            int value = saturate(c0 << PASS1_BITS);
            for (int i = x; i < 64; i += 8) {
                work[i] = value;
            }
            return;
        }

        int e = (c2 + c6) * F_0_541196100;
        int e2 = e - c6 * F_1_847759065;
        int e3 = e + c2 * F_0_765366865;
        int e0 = (short) (c0 + c4) << CONST_BITS;
        int e1 = (short) (c0 - c4) << CONST_BITS;
        int a0 = e0 + e3 + ROUND1;
        int a3 = e0 - e3 + ROUND1;
        int a1 = e1 + e2 + ROUND1;
        int a2 = e1 - e2 + ROUND1;

        int c73 = (short) (c7 + c3);
        int c51 = (short) (c5 + c1);
        int z5 = (c73 + c51) * F_1_175875602;
        int z1 = (c7 + c1) * -F_0_899976223;
        int z2 = (c5 + c3) * -F_2_562915447;
        int z3 = c73 * -F_1_961570560 + z5;
        int z4 = c51 * -F_0_390180644 + z5;
        int o0 = c7 * F_0_298631336 + z1 + z3;
        int o1 = c5 * F_2_053119869 + z2 + z4;
        int o2 = c3 * F_3_072711026 + z2 + z3;
        int o3 = c1 * F_1_501321110 + z1 + z4;

        work[x] = saturate(a0 + o3 >> DOWN1);
        work[x + 56] = saturate(a0 - o3 >> DOWN1);
        work[x + 8] = saturate(a1 + o2 >> DOWN1);
        work[x + 48] = saturate(a1 - o2 >> DOWN1);
        work[x + 16] = saturate(a2 + o1 >> DOWN1);
        work[x + 40] = saturate(a2 - o1 >> DOWN1);
        work[x + 24] = saturate(a3 + o0 >> DOWN1);
        work[x + 32] = saturate(a3 - o0 >> DOWN1);
    }

    private void row(int from, byte[] out, int at) {
        int c0 = work[from];
        int c1 = work[from + 1];
        int c2 = work[from + 2];
        int c3 = work[from + 3];
        int c4 = work[from + 4];
        int c5 = work[from + 5];
        int c6 = work[from + 6];
        int c7 = work[from + 7];

        int e = (c2 + c6) * F_0_541196100;
        int e2 = e - c6 * F_1_847759065;
        int e3 = e + c2 * F_0_765366865;
        int e0 = (short) (c0 + c4) << CONST_BITS;
        int e1 = (short) (c0 - c4) << CONST_BITS;
        int a0 = e0 + e3 + ROUND2;
        int a3 = e0 - e3 + ROUND2;
        int a1 = e1 + e2 + ROUND2;
        int a2 = e1 - e2 + ROUND2;

        int c73 = (short) (c7 + c3);
        int c51 = (short) (c5 + c1);
        int z5 = (c73 + c51) * F_1_175875602;
        int z1 = (c7 + c1) * -F_0_899976223;
        int z2 = (c5 + c3) * -F_2_562915447;
        int z3 = c73 * -F_1_961570560 + z5;
        int z4 = c51 * -F_0_390180644 + z5;
        int o0 = c7 * F_0_298631336 + z1 + z3;
        int o1 = c5 * F_2_053119869 + z2 + z4;
        int o2 = c3 * F_3_072711026 + z2 + z3;
        int o3 = c1 * F_1_501321110 + z1 + z4;

        out[at] = (byte) clamp(a0 + o3 >> DOWN2);
        out[at + 7] = (byte) clamp(a0 - o3 >> DOWN2);
        out[at + 1] = (byte) clamp(a1 + o2 >> DOWN2);
        out[at + 6] = (byte) clamp(a1 - o2 >> DOWN2);
        out[at + 2] = (byte) clamp(a2 + o1 >> DOWN2);
        out[at + 5] = (byte) clamp(a2 - o1 >> DOWN2);
        out[at + 3] = (byte) clamp(a3 + o0 >> DOWN2);
        out[at + 4] = (byte) clamp(a3 - o0 >> DOWN2);
    }

    private static int saturate(int value) {
        return Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    private static int clamp(int value) {
        return Math.clamp(value, 0, 255);
    }
}
