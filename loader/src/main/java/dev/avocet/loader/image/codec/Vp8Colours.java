// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/**
 * From VP8's planes to red, green and blue as libwebp does by default: chroma is interpolated with weights of 9, 3, 3
 * and 1 sixteenths, rounded in two steps, and converted from Rec. 601 with 14-bit constants.
 */
final class Vp8Colours {
    private final Vp8Planes planes;
    private final int width;
    private final int height;
    private final int[] chroma;

    Vp8Colours(Vp8Planes planes, int width, int height) {
        this.planes = planes;
        this.width = width;
        this.height = height;
        this.chroma = new int[2 * (width + 1)];
    }

    byte[] toRgb() {
        var rgb = new byte[3 * width * height];
        int lastChroma = (height - 1) / 2;
        for (int y = 0; y < height; y++) {
            int near = y / 2;
            // A row lies a quarter of the way from its own row of chroma to the one that it turns to.
            int far = Math.clamp(y % 2 == 0 ? near - 1 : near + 1, 0, lastChroma);
            for (int c = 0; c < 2; c++) {
                var plane = planes.chroma[c];
                interpolate(plane.samples(), plane.at(0, near), plane.at(0, far), c);
            }
            convert(planes.luma.at(0, y), rgb, 3 * width * y);
        }
        return rgb;
    }

    private void interpolate(byte[] samples, int near, int far, int c) {
        int last = (width - 1) / 2;
        int nearLeft = samples[near] & 0xff;
        int farLeft = samples[far] & 0xff;
        chroma[c] = 3 * nearLeft + farLeft + 2 >> 2;
        for (int x = 1; x <= last; x++) {
            int nearRight = samples[near + x] & 0xff;
            int farRight = samples[far + x] & 0xff;
            int sum = nearLeft + nearRight + farLeft + farRight + 8;
            int falling = sum + 2 * (farLeft + nearRight) >> 3;
            int rising = sum + 2 * (nearLeft + farRight) >> 3;
            chroma[2 * (2 * x - 1) + c] = falling + nearLeft >> 1;
            chroma[2 * (2 * x) + c] = rising + nearRight >> 1;
            nearLeft = nearRight;
            farLeft = farRight;
        }
        if (width % 2 == 0) {
            chroma[2 * (width - 1) + c] = 3 * nearLeft + farLeft + 2 >> 2;
        }
    }

    private void convert(int luma, byte[] rgb, int to) {
        var samples = planes.luma.samples();
        for (int x = 0; x < width; x++) {
            int y = (samples[luma + x] & 0xff) * 19077 >> 8;
            int u = chroma[2 * x];
            int v = chroma[2 * x + 1];
            int at = to + 3 * x;
            rgb[at] = clamp(y + (v * 26149 >> 8) - 14234);
            rgb[at + 1] = clamp(y - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
            rgb[at + 2] = clamp(y + (u * 33050 >> 8) - 17685);
        }
    }

    private static byte clamp(int value) {
        return (byte) Math.clamp(value >> 6, 0, 255);
    }
}
