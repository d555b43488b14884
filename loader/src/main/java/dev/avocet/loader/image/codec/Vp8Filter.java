// SPDX-License-Identifier: Apache-2.0
package dev.avocet.loader.image.codec;

/** VP8's loop filter (RFC 6386, section 15), over a whole frame once it is reconstructed. */
final class Vp8Filter {
    /** Whether an edge is one of a macroblock, where more samples are changed than inside. */
    private static final boolean OUTER = true;

    private final boolean off;
    private final boolean simple;
    private final int sharpness;
    private final int[] levels;
    private final int blockModesDelta;
    // Per macroblock, twice its level, plus one when its inner edges are filtered too.
    private final byte[] strengths;

    /**
     * @param levels the filter level of each segment
     * @param blockModesDelta what macroblocks whose luma blocks have their own modes add to it
     */
    Vp8Filter(boolean off, boolean simple, int sharpness, int[] levels, int blockModesDelta, int macroblocks) {
        this.off = off;
        this.simple = simple;
        this.sharpness = sharpness;
        this.levels = levels;
        this.blockModesDelta = blockModesDelta;
        this.strengths = new byte[off ? 0 : macroblocks];
    }

    /** Keeps what filtering will need to know about a macroblock. */
    void note(int macroblock, int segment, boolean blockModes, boolean empty) {
        if (!off) {
            int level = Math.clamp(levels[segment] + (blockModes ? blockModesDelta : 0), 0, 63);
            strengths[macroblock] = (byte) (2 * level + (blockModes || !empty ? 1 : 0));
        }
    }

    void apply(Vp8Planes planes) {
        if (off) {
            return;
        }
        for (int row = 0; row < planes.rows; row++) {
            for (int column = 0; column < planes.columns; column++) {
                int strength = strengths[row * planes.columns + column];
                if (strength >> 1 > 0) {
                    filter(planes, row, column, strength >> 1, (strength & 1) != 0);
                }
            }
        }
    }

    private void filter(Vp8Planes planes, int row, int column, int level, boolean inside) {
        int interior = level;
        if (sharpness > 0) {
            interior = Math.min(interior >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        }
        interior = Math.max(1, interior);
        int limit = 2 * level + interior;
        var luma = new Edges(planes.luma, planes.luma.at(16 * column, 16 * row), 16, level, interior);
        if (simple) {
            luma.filterSimply(row > 0, column > 0, inside, limit);
            return;
        }
        luma.filter(row > 0, column > 0, inside, limit);
        for (var plane : planes.chroma) {
            new Edges(plane, plane.at(8 * column, 8 * row), 8, level, interior)
                    .filter(row > 0, column > 0, inside, limit);
        }
    }

    /** The edges of one macroblock in one plane. */
    private record Edges(byte[] samples, int at, int stride, int side, int interior, int highVariance) {
        Edges(Vp8Planes.Plane plane, int at, int side, int level, int interior) {
            this(plane.samples(), at, plane.stride(), side, interior, level >= 40 ? 2 : level >= 15 ? 1 : 0);
        }

        void filter(boolean hasAbove, boolean hasLeft, boolean inside, int limit) {
            if (hasLeft) {
                edge(at, 1, stride, limit + 4, OUTER);
            }
            for (int x = 4; inside && x < side; x += 4) {
                edge(at + x, 1, stride, limit, !OUTER);
            }
            if (hasAbove) {
                edge(at, stride, 1, limit + 4, OUTER);
            }
            for (int y = 4; inside && y < side; y += 4) {
                edge(at + y * stride, stride, 1, limit, !OUTER);
            }
        }

        void filterSimply(boolean hasAbove, boolean hasLeft, boolean inside, int limit) {
            if (hasLeft) {
                simpleEdge(at, 1, stride, limit + 4);
            }
            for (int x = 4; inside && x < side; x += 4) {
                simpleEdge(at + x, 1, stride, limit);
            }
            if (hasAbove) {
                simpleEdge(at, stride, 1, limit + 4);
            }
            for (int y = 4; inside && y < side; y += 4) {
                simpleEdge(at + y * stride, stride, 1, limit);
            }
        }

        private int get(int i) {
            return samples[i] & 0xff;
        }

        private int difference(int i, int j) {
            return Math.abs((samples[i] & 0xff) - (samples[j] & 0xff));
        }

        /** An edge that lies before its first sample; {@code across} leads over it, {@code along} follows it. */
        private void simpleEdge(int first, int across, int along, int limit) {
            for (int i = 0, p = first; i < side; i++, p += along) {
                if (isSoft(p, across, limit)) {
                    adjust2(p, across);
                }
            }
        }

        private void edge(int first, int across, int along, int limit, boolean outer) {
            for (int i = 0, p = first; i < side; i++, p += along) {
                if (!isSoft(p, across, limit) || !isSmooth(p, across)) {
                    continue;
                }
                if (difference(p - 2 * across, p - across) > highVariance
                        || difference(p + across, p) > highVariance) {
                    adjust2(p, across);
                } else if (outer) {
                    adjust6(p, across);
                } else {
                    adjust4(p, across);
                }
            }
        }

        private boolean isSoft(int p, int step, int limit) {
            return 4 * difference(p - step, p) + difference(p - 2 * step, p + step) <= 2 * limit + 1;
        }

        private boolean isSmooth(int p, int step) {
            return difference(p - 4 * step, p - 3 * step) <= interior
                    && difference(p - 3 * step, p - 2 * step) <= interior
                    && difference(p - 2 * step, p - step) <= interior
                    && difference(p + 3 * step, p + 2 * step) <= interior
                    && difference(p + 2 * step, p + step) <= interior
                    && difference(p + step, p) <= interior;
        }

        private void move(int i, int by) {
            samples[i] = (byte) Math.clamp(get(i) + by, 0, 255);
        }

        private void adjust2(int p, int step) {
            int outer = Math.clamp(get(p - 2 * step) - get(p + step), -128, 127);
            int a = 3 * (get(p) - get(p - step)) + outer;
            move(p - step, Math.clamp(a + 3 >> 3, -16, 15));
            move(p, -Math.clamp(a + 4 >> 3, -16, 15));
        }

        private void adjust4(int p, int step) {
            int a = 3 * (get(p) - get(p - step));
            int right = Math.clamp(a + 4 >> 3, -16, 15);
            int left = Math.clamp(a + 3 >> 3, -16, 15);
            int far = right + 1 >> 1;
            move(p - 2 * step, far);
            move(p - step, left);
            move(p, -right);
            move(p + step, -far);
        }

        private void adjust6(int p, int step) {
            int outer = Math.clamp(get(p - 2 * step) - get(p + step), -128, 127);
            int a = Math.clamp(3 * (get(p) - get(p - step)) + outer, -128, 127);
            int near = 27 * a + 63 >> 7;
            int next = 18 * a + 63 >> 7;
            int far = 9 * a + 63 >> 7;
            move(p - 3 * step, far);
            move(p - 2 * step, next);
            move(p - step, near);
            move(p, -near);
            move(p + step, -next);
            move(p + 2 * step, -far);
        }
    }
}
