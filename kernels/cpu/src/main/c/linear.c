// SPDX-License-Identifier: Apache-2.0
// Products with weights, products of two activations, and the packing of both.
#include "gemm.h"

static struct rows rows_in_place(const struct product *p, int64_t row, int64_t rows, int64_t from, int64_t depth) {
    (void)rows;
    (void)depth;
    const struct view *x = &p->op->linear.x;
    return (struct rows){at(p->place, x->at) + row * x->stride + from, x->stride};
}

// The rows times their pictures' gates.
static struct rows rows_gated(const struct product *p, int64_t row, int64_t rows, int64_t from, int64_t depth) {
    const struct linear *l = &p->op->linear;
    float *made = p->place->scratch;
    for (int64_t i = 0; i < rows; i++) {
        const float *x = at(p->place, l->x.at) + (row + i) * l->x.stride + from;
        const float *gate = at(p->place, l->gate.at) + (row + i) / l->rows_per_gate * l->gate.stride + from;
        for (int64_t k = 0; k < depth; k += LANES) store(made + i * BLOCK + k, load(x + k) * load(gate + k));
    }
    return (struct rows){made, BLOCK};
}

// Cuts a gated product by rows, and has whole rows claimed: each claim gates its rows anew.
static void by_rows(struct op *op, const struct linear *l) {
    op->cut = most(op->cut, least(UNITS_PER_THREAD * op->threads, parts(l->rows, TILE_ROWS) / SMALLEST_BLOCK));
    op->units = op->cut * panels(l->outputs);
    op->least = most(op->least, panels(l->outputs));
}

int64_t linear_plan(struct op *op) {
    const struct linear *l = &op->linear;
    product_plan(op, l->rows, l->inputs, l->outputs);
    if (l->gate.at) by_rows(op, l);
    return TILE_ROWS * BLOCK;
}

void linear_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct linear *l = &op->linear;
    const struct product product = {
        .x = l->gate.at ? rows_gated : rows_in_place,
        .op = op,
        .place = place,
        .weight = at(place, l->weight),
        .y = at(place, l->y.at),
        .y_stride = l->y.stride,
        .rows = l->rows,
        .inputs = l->inputs,
        .outputs = l->outputs,
        .epilogue = l->epilogue,
    };
    product_run(&product, from, to);
}

// One panel of a packed weight from its rows; columns beyond `count` are zeros.
void pack_panel(float *to, const float *rows, int64_t stride, int64_t count, int64_t inputs) {
    const int64_t width = parts(count, LANES) * LANES;
    for (int64_t n = 0; n < width; n += LANES) {
        for (int64_t k = 0; k < inputs; k += LANES) {
            const int64_t height = least(LANES, count - n), depth = least(LANES, inputs - k);
            vec square[LANES];
            for (int64_t i = 0; i < LANES; i++)
                square[i] = i < height ? load_first(rows + (n + i) * stride + k, depth) : zero();
            transpose_square(square);
            for (int64_t i = 0; i < depth; i++) store(to + (k + i) * width + n, square[i]);
        }
    }
}

// Rows [from, from + count) of a weight [outputs, inputs] into its packed form. `from` is a multiple of avocet_panel(), and so is
// `count` unless the rows end there.
EXPORT int64_t avocet_pack(float *packed, const float *rows, int64_t from, int64_t count, int64_t inputs) {
    for (int64_t n = 0; n < count; n += PANEL)
        pack_panel(packed + (from + n) * inputs, rows + n * inputs, inputs, least(PANEL, count - n), inputs);
    return 0;
}

// Output columns that are packed together.
EXPORT int64_t avocet_panel(void) { return PANEL; }

int64_t pack_plan(struct op *op) {
    op->units = panels(op->pack.outputs);
    op->least = most(1, (1 << 14) / (PANEL * op->pack.inputs + 1));
    return 0;
}

void pack_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct pack *p = &op->pack;
    for (int64_t panel = from; panel < to; panel++) {
        const int64_t n = panel * PANEL;
        pack_panel(at(place, p->packed) + n * p->inputs, at(place, p->x.at) + n * p->x.stride, p->x.stride,
                   least(PANEL, p->outputs - n), p->inputs);
    }
}
