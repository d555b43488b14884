// SPDX-License-Identifier: Apache-2.0
// The register tile, and the loops around it.
//
// x is read where it lies: a broadcast costs the same from strided rows as from packed ones, and a pass over memory less. The
// rows' stride must not map a tile onto a few cache sets; whoever lays out activations takes care of that.
#include "gemm.h"
#include "elementwise.h"

// Tiles of x that go with one group of panels: 588 rows and 256 inputs are 600 KB, which stay in a cache of 1 MB next to the panels.
#define TILES_PER_BLOCK 42
#define PANEL_GROUP_BYTES (256 << 10)

// ------------------------------------------------------------------------------------------------ the register tile

INLINE void tile_of(const int rows, const int vectors, const float *a, int64_t a_stride, const float *b, int64_t depth, float *c,
                    int64_t c_stride, int64_t add) {
    vec sum[TILE_ROWS][2];
    UNROLL for (int i = 0; i < rows; i++) {
        prefetch_to_write(c + i * c_stride);
        if (vectors > 1 && LANES == 16) prefetch_to_write(c + i * c_stride + LANES);
        UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = zero();
    }
    // Three pointers, five rows apart: the rows between are reached by the processor's own index arithmetic.
    const int64_t step = a_stride * 4, step3 = step * 3;
    const char *base[3] = {(const char *)a, (const char *)a + 5 * step, (const char *)a + 10 * step};
    __asm__("" : "+r"(base[0]), "+r"(base[1]), "+r"(base[2])); // or the compiler keeps a pointer per row, and spills
    for (int64_t k = 0; k < depth; k++) {
        vec w[2];
        UNROLL for (int j = 0; j < vectors; j++) w[j] = load(b + j * LANES);
        UNROLL for (int i = 0; i < rows; i++) {
            const int64_t offset = i % 5 == 3 ? step3 : i % 5 * step;
            const vec x = splat(*(const float *)(base[i / 5] + offset));
            UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = mul_add(x, w[j], sum[i][j]);
        }
        b += vectors * LANES;
        base[0] += 4;
        base[1] += 4;
        base[2] += 4;
    }
    if (add) {
        UNROLL for (int i = 0; i < rows; i++) {
            UNROLL for (int j = 0; j < vectors; j++) {
                float *to = c + i * c_stride + j * LANES;
                store(to, load(to) + sum[i][j]);
            }
        }
    } else {
        UNROLL for (int i = 0; i < rows; i++) {
            UNROLL for (int j = 0; j < vectors; j++) store(c + i * c_stride + j * LANES, sum[i][j]);
        }
    }
}

typedef void tile_function(const float *a, int64_t a_stride, const float *b, int64_t depth, float *c, int64_t c_stride, int64_t add);

#define TILE(rows, vectors)                                                                                                            \
    static void tile_##rows##x##vectors(const float *a, int64_t a_stride, const float *b, int64_t depth, float *c, int64_t c_stride,   \
                                        int64_t add) {                                                                                 \
        tile_of(rows, vectors, a, a_stride, b, depth, c, c_stride, add);                                                               \
    }
#define TILES(rows) TILE(rows, 1) TILE(rows, 2)
#define TILE_PAIR(rows) {tile_##rows##x1, tile_##rows##x2}

TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if TILE_ROWS == 14
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12) TILES(13) TILES(14)
#endif

static tile_function *const tiles[TILE_ROWS][2] = {
    TILE_PAIR(1), TILE_PAIR(2), TILE_PAIR(3), TILE_PAIR(4), TILE_PAIR(5), TILE_PAIR(6),
#if TILE_ROWS == 14
    TILE_PAIR(7), TILE_PAIR(8), TILE_PAIR(9), TILE_PAIR(10), TILE_PAIR(11), TILE_PAIR(12), TILE_PAIR(13), TILE_PAIR(14),
#endif
};

void tile(int64_t rows, int64_t vectors, const float *a, int64_t a_stride, const float *b, int64_t depth, float *c,
          int64_t c_stride, int64_t add) {
    tiles[rows - 1][vectors - 1](a, a_stride, b, depth, c, c_stride, add);
}

// ------------------------------------------------------------------------------------------------ the loops around the tile

// What follows the product, on a tile of the result from `row` and `column` on.
static void finish_tile(const struct product *p, float *y, int64_t row, int64_t column, int64_t rows, int64_t vectors) {
    const struct epilogue *e = &p->epilogue;
    const float *bias = e->bias ? at(p->place, e->bias) + column : 0;
    const float *residual = e->residual.at ? at(p->place, e->residual.at) + row * e->residual.stride + column : 0;
    finish(e->function, bias, residual, e->residual.stride, y, p->y_stride, rows, vectors);
}

static int64_t row_blocks(int64_t rows) { return parts(parts(rows, TILE_ROWS), TILES_PER_BLOCK); }

int64_t product_units(int64_t rows, int64_t outputs) { return row_blocks(rows) * panels(outputs); }

// A claim costs about as much as a few thousand products.
int64_t product_least(int64_t rows, int64_t inputs, int64_t outputs) {
    const int64_t products = rows * inputs * outputs / most(product_units(rows, outputs), 1);
    return most(1, (1 << 18) / (products + 1));
}

// Asks for a part of a panel's next block while this one is in use: `tile` of `tiles` equal parts.
INLINE void prefetch_part(const float *panel, int64_t floats, int64_t tile, int64_t tiles) {
    const int64_t to = floats * (tile + 1) / tiles;
    for (int64_t i = floats * tile / tiles; i < to; i += 16) prefetch_far(panel + i);
}

// Tiles [t0, t1) of all rows times panels [p0, p1), which stay in the second-level cache block by block.
static void group_run(const struct product *p, int64_t t0, int64_t t1, int64_t p0, int64_t p1, int64_t next_panel) {
    const int64_t tiles = parts(p->rows, TILE_ROWS);
    int64_t from = 0;
    do {
        const int64_t depth = least(p->inputs - from, BLOCK);
        const int64_t last = from + depth == p->inputs;
        for (int64_t t = t0; t < t1; t++) {
            const int64_t row = p->rows * t / tiles, rows = p->rows * (t + 1) / tiles - row;
            const struct rows x = p->x(p, row, rows, from, depth);
            for (int64_t panel = p0; panel < p1; panel++) {
                const int64_t vectors = panel_vectors(p->outputs, panel);
                const float *w = p->weight + panel * PANEL * p->inputs;
                if (!last)
                    prefetch_part(w + (from + BLOCK) * vectors * LANES, least(p->inputs - from - BLOCK, BLOCK) * vectors * LANES,
                                  t - t0, t1 - t0);
                else if (panel + p1 - p0 < next_panel)
                    prefetch_part(w + (p1 - p0) * PANEL * p->inputs, least(p->inputs, BLOCK) * PANEL, t - t0, t1 - t0);
                float *y = p->y + row * p->y_stride + panel * PANEL;
                tile(rows, vectors, x.at, x.stride, w + from * vectors * LANES, depth, y, p->y_stride, from > 0);
                if (last) finish_tile(p, y, row, panel * PANEL, rows, vectors);
            }
        }
        from += depth;
    } while (from < p->inputs);
}

void product_run(const struct product *p, int64_t from, int64_t to) {
    const int64_t count = panels(p->outputs), blocks = row_blocks(p->rows), tiles = parts(p->rows, TILE_ROWS);
    const int64_t group = most(1, PANEL_GROUP_BYTES / (PANEL * 4 * most(1, least(p->inputs, BLOCK))));
    while (from < to) {
        const int64_t block = from / count, first = from % count, end = least(count, first + to - from);
        const int64_t t0 = tiles * block / blocks, t1 = tiles * (block + 1) / blocks;
        for (int64_t panel = first; panel < end; panel += group)
            group_run(p, t0, t1, panel, least(panel + group, end), end);
        from += end - first;
    }
}
