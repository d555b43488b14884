// SPDX-License-Identifier: Apache-2.0
// The register tile, and the loops around it.
//
// x is read where it lies: a broadcast costs the same from strided rows as from packed ones, and a pass over memory less. The
// rows' stride must not map a tile onto a few cache sets; whoever lays out activations takes care of that.
#include "gemm.h"
#include "elementwise.h"

// Tiles of x that go with one group of panels: 588 rows and 256 inputs are 600 KB, which stay in a cache of 1 MB next to the panels.
#define TILES_PER_BLOCK 42
#if LANES == 16
#define PANEL_GROUP_BYTES (256 << 10)
#else
#define PANEL_GROUP_BYTES (128 << 10) // processors without AVX-512 tend to have a second-level cache of 512 KB
#endif

// ------------------------------------------------------------------------------------------------ the register tile

// Adds the products with input `k` from here on, and moves b on. Three pointers, five rows apart: the rows between are reached by the
// processor's own index arithmetic.
INLINE void add_products(const int rows, const int vectors, const char *const base[3], int64_t step, const int k, const float **b,
                         vec sum[TILE_ROWS][2]) {
    vec w[2];
    UNROLL for (int j = 0; j < vectors; j++) w[j] = load(*b + j * LANES);
    UNROLL for (int i = 0; i < rows; i++) {
        const int64_t offset = i % 5 == 3 ? 3 * step : i % 5 * step;
        const vec x = splat(((const float *)(base[i / 5] + offset))[k]);
        UNROLL for (int j = 0; j < vectors; j++) add_product(&sum[i][j], x, w[j]);
    }
    *b += vectors * LANES;
    __asm__ volatile("" : "+r"(*b) : : "memory"); // or the compiler loads for later inputs first, and spills
}

INLINE void tile_of(const int rows, const int vectors, const struct tile *tile) {
    const float *b = tile->b;
    const char *ahead = tile->ahead;
    const int64_t ahead_step = tile->ahead_step;
    vec sum[TILE_ROWS][2];
    UNROLL for (int i = 0; i < rows; i++) {
        prefetch_to_write(tile->c + i * tile->c_stride);
        if (vectors * LANES > 16) prefetch_to_write(tile->c + i * tile->c_stride + 16);
        UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = zero();
    }
    const int64_t step = tile->a_stride * 4;
    const char *base[3] = {(const char *)tile->a, (const char *)tile->a + 5 * step, (const char *)tile->a + 10 * step};
    __asm__("" : "+r"(base[0]), "+r"(base[1]), "+r"(base[2])); // or the compiler keeps a pointer per row, and spills
    for (int64_t left = tile->depth / UNROLLED; left > 0; left--) {
        // Evenly over the sum: in a bunch, requests to memory would keep those to the nearest cache waiting. Not for each input:
        // a request takes the place of a load.
        prefetch_far(ahead);
        prefetch_far(ahead + ahead_step / 2);
        ahead += ahead_step;
        UNROLL for (int k = 0; k < UNROLLED; k++) add_products(rows, vectors, base, step, k, &b, sum);
        UNROLL for (int i = 0; i < 3; i++) base[i] += UNROLLED * 4;
    }
    for (int64_t left = tile->depth % UNROLLED; left > 0; left--) {
        add_products(rows, vectors, base, step, 0, &b, sum);
        UNROLL for (int i = 0; i < 3; i++) base[i] += 4;
    }
    float *c = tile->c;
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int j = 0; j < vectors; j++) {
            float *to = c + i * tile->c_stride + j * LANES;
            store(to, tile->add ? load(to) + sum[i][j] : sum[i][j]);
        }
    }
}

#define TILE(rows, vectors)                                                                                                            \
    static void tile_##rows##x##vectors(const struct tile *tile) { tile_of(rows, vectors, tile); }
#define TILES(rows) TILE(rows, 1) TILE(rows, 2)
#define TILE_PAIR(rows) {tile_##rows##x1, tile_##rows##x2}

TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if TILE_ROWS == 14
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12) TILES(13) TILES(14)
#endif

static void (*const tile_functions[TILE_ROWS][2])(const struct tile *tile) = {
    TILE_PAIR(1), TILE_PAIR(2), TILE_PAIR(3), TILE_PAIR(4), TILE_PAIR(5), TILE_PAIR(6),
#if TILE_ROWS == 14
    TILE_PAIR(7), TILE_PAIR(8), TILE_PAIR(9), TILE_PAIR(10), TILE_PAIR(11), TILE_PAIR(12), TILE_PAIR(13), TILE_PAIR(14),
#endif
};

void tile_run(int64_t rows, int64_t vectors, const struct tile *tile) { tile_functions[rows - 1][vectors - 1](tile); }

// ------------------------------------------------------------------------------------------------ the loops around the tile

// What follows the product, on some rows of some panels.
static void finish_rows(const struct product *p, int64_t row, int64_t rows, int64_t panel, int64_t end) {
    const struct epilogue *e = &p->epilogue;
    const int64_t column = panel * PANEL, vectors = least(end * PANEL / LANES, parts(p->outputs, LANES)) - column / LANES;
    const float *bias = e->bias ? at(p->place, e->bias) + column : 0;
    const float *residual = e->residual.at ? at(p->place, e->residual.at) + row * e->residual.stride + column : 0;
    finish(e->function, bias, residual, e->residual.stride, p->y + row * p->y_stride + column, p->y_stride, rows, vectors);
}

void product_plan(struct op *op, int64_t rows, int64_t inputs, int64_t outputs) {
    const int64_t tiles = parts(rows, TILE_ROWS), columns = most(panels(outputs), 1);
    const int64_t wanted = parts(UNITS_PER_THREAD * op->threads, columns);
    op->cut = most(parts(tiles, TILES_PER_BLOCK), least(wanted, tiles / SMALLEST_BLOCK));
    op->units = op->cut * panels(outputs);
    op->least = most(1, (1 << 18) / (rows * inputs * outputs / most(op->units, 1) + 1)); // a claim costs as much as some products
}

// Some tiles of rows, [t0, t1) of all, times panels [p0, p1), which stay in the second-level cache block by block.
struct group {
    int64_t t0, t1, p0, p1;
    int64_t end; // the panels that this thread goes on with
};

// The block of weights that comes after this one, in the same panel or in the one that takes its place; null where there is none.
INLINE const float *next_block(const struct product *p, const struct group *g, int64_t panel, int64_t vectors, int64_t from) {
    const float *w = p->weight + panel * PANEL * p->inputs;
    if (from + BLOCK < p->inputs) return w + (from + BLOCK) * vectors * LANES;
    const int64_t width = g->p1 - g->p0;
    return panel + width < g->end ? w + width * PANEL * p->inputs : 0;
}

static void group_run(const struct product *p, const struct group *g) {
    const int64_t tiles = parts(p->rows, TILE_ROWS);
    int64_t from = 0;
    do {
        const int64_t depth = least(p->inputs - from, BLOCK);
        const int64_t last = from + depth == p->inputs;
        for (int64_t t = g->t0; t < g->t1; t++) {
            const int64_t row = p->rows * t / tiles, rows = p->rows * (t + 1) / tiles - row;
            const struct rows x = p->x(p, row, rows, from, depth);
            for (int64_t panel = g->p0; panel < g->p1; panel++) {
                const int64_t vectors = panel_vectors(p->outputs, panel);
                const float *w = p->weight + panel * PANEL * p->inputs + from * vectors * LANES;
                const float *next = next_block(p, g, panel, vectors, from);
                const int64_t share = depth * vectors * LANES / (g->t1 - g->t0); // each tile asks for its part of the next block
                float *y = p->y + row * p->y_stride + panel * PANEL;
                tile_run(rows, vectors, &(struct tile){
                    .a = x.at,
                    .a_stride = x.stride,
                    .b = w,
                    .depth = depth,
                    .c = y,
                    .c_stride = p->y_stride,
                    .add = from > 0,
                    .ahead = (const char *)(next ? next + (t - g->t0) * share : w),
                    .ahead_step = next ? ahead_step(share, depth) : 0,
                });
            }
            if (last) finish_rows(p, row, rows, g->p0, g->p1);
        }
        from += depth;
    } while (from < p->inputs);
}

void product_run(const struct product *p, int64_t from, int64_t to) {
    const int64_t count = panels(p->outputs), blocks = p->op->cut, tiles = parts(p->rows, TILE_ROWS);
    const int64_t group = most(1, PANEL_GROUP_BYTES / (PANEL * 4 * most(1, least(p->inputs, BLOCK))));
    while (from < to) {
        const int64_t block = from / count, first = from % count, end = least(count, first + to - from);
        const int64_t t0 = tiles * block / blocks, t1 = tiles * (block + 1) / blocks;
        for (int64_t panel = first; panel < end; panel += group)
            group_run(p, &(struct group){t0, t1, panel, least(panel + group, end), end});
        from += end - first;
    }
}
