// SPDX-License-Identifier: Apache-2.0
// Matrix products: y = x . w^T, the weights packed in panels.
#ifndef AVOCET_GEMM_H
#define AVOCET_GEMM_H

#include "op.h"
#include "vec.h"

// A tile of the result stays in registers: as many rows as leave room for two vectors of weights and one of x.
#if LANES == 16 || defined(__ARM_NEON)
#define TILE_ROWS 14
#else
#define TILE_ROWS 6
#endif

// A panel is two vectors of output columns, [inputs][PANEL]; the last one is a single vector where that is enough.
#define PANEL (2 * LANES)

// Every sum is made of blocks of this many products, each summed from zero in order of the inputs and added to the others in
// order. The blocks start at fixed inputs, so nothing about a sum depends on how the rest of the product is cut.
#define BLOCK 256

INLINE int64_t panels(int64_t outputs) { return parts(outputs, PANEL); }
INLINE int64_t panel_vectors(int64_t outputs, int64_t panel) { return least(parts(outputs - panel * PANEL, LANES), 2); }
INLINE int64_t packed_floats(int64_t outputs, int64_t inputs) { return parts(outputs, LANES) * LANES * inputs; }

// c [rows, vectors * LANES] = or += a [rows, depth] . b [depth][vectors * LANES] for at most TILE_ROWS rows, 2 vectors and BLOCK products.
struct tile {
    const float *a;
    int64_t a_stride;
    const float *b;
    int64_t depth;
    float *c;
    int64_t c_stride;
    int64_t add;       // 0: c is only written
    const char *ahead; // memory to ask for meanwhile, and how many bytes of it in each step of the sum
    int64_t ahead_step;
};

#define UNROLLED 4 // inputs in a step of the sum: one request to memory, one test for the end

// The bytes for each step of a sum over `depth` inputs, so that it asks for so many floats in all.
INLINE int64_t ahead_step(int64_t floats, int64_t depth) { return floats * 4 / most(depth / UNROLLED, 1); }

void tile_run(int64_t rows, int64_t vectors, const struct tile *tile);

// One panel [inputs][LANES or PANEL] of a packed weight from at most PANEL rows; columns beyond `count` are zeros.
void pack_panel(float *panel, const float *rows, int64_t stride, int64_t count, int64_t inputs);

// Some rows of x from input `from` on: where they are and how far apart. They may be made in scratch, [TILE_ROWS][BLOCK].
struct rows {
    const float *at;
    int64_t stride;
};

struct product {
    struct rows (*x)(const struct product *product, int64_t row, int64_t rows, int64_t from, int64_t depth);
    const struct op *op;
    const struct workplace *place;
    const float *weight;
    float *y;
    int64_t y_stride, rows, inputs, outputs;
    struct epilogue epilogue;
};

#define SMALLEST_BLOCK 4     // tiles of rows that go together at least, so that weights are used more than once
#define UNITS_PER_THREAD 12 // units of a product per thread at least, as far as there is work for them

// Cuts a product into blocks of rows, and those into panels.
void product_plan(struct op *op, int64_t rows, int64_t inputs, int64_t outputs);

// Computes units [from, to) of the product.
void product_run(const struct product *product, int64_t from, int64_t to);

#endif
