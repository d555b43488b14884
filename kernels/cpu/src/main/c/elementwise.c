// SPDX-License-Identifier: Apache-2.0
// What touches each element once: functions, sums and products of two tensors, and the end of a product.
#include "elementwise.h"
#include "vmath.h"

// About 16 K elements: a claim costs little next to them.
int64_t rows_worth_claiming(int64_t columns) { return most(1, (1 << 14) / most(columns, 1)); }

// ------------------------------------------------------------------------------------------------ the end of a product

// `count` neighbouring vectors at once: one alone would wait for each step of its function before the next.
INLINE void finish_vectors(const int64_t function, const int count, const float *bias, const float *residual, float *y) {
    vec v[2];
    UNROLL for (int i = 0; i < count; i++) v[i] = load(y + i * LANES) + (bias ? load(bias + i * LANES) : zero());
    UNROLL for (int i = 0; i < count; i++) v[i] = activate(function, v[i]);
    UNROLL for (int i = 0; i < count; i++) store(y + i * LANES, residual ? v[i] + load(residual + i * LANES) : v[i]);
}

INLINE void finish_with(const int64_t function, const float *bias, const float *residual, int64_t residual_stride, float *y,
                        int64_t y_stride, int64_t rows, int64_t vectors) {
    for (int64_t i = 0; i < rows; i++, y += y_stride) {
        int64_t j = 0;
        for (; j + 2 <= vectors; j += 2)
            finish_vectors(function, 2, bias ? bias + j * LANES : 0, residual ? residual + j * LANES : 0, y + j * LANES);
        if (j < vectors)
            finish_vectors(function, 1, bias ? bias + j * LANES : 0, residual ? residual + j * LANES : 0, y + j * LANES);
        if (residual) residual += residual_stride;
    }
}

void finish(int64_t function, const float *bias, const float *residual, int64_t residual_stride, float *y, int64_t y_stride,
            int64_t rows, int64_t vectors) {
#define FINISH(function)                                                                                                               \
    case function: finish_with(function, bias, residual, residual_stride, y, y_stride, rows, vectors); return
    switch (function) {
        FINISH(GELU);
        FINISH(GELU_TANH);
        FINISH(QUICK_GELU);
        FINISH(SWISH);
        FINISH(SIGMOID);
        FINISH(TANH);
        FINISH(RELU);
    default:
        if (bias || residual) finish_with(NONE, bias, residual, residual_stride, y, y_stride, rows, vectors);
    }
#undef FINISH
}

// ------------------------------------------------------------------------------------------------ one tensor

static int64_t elementwise_plan(struct op *op) {
    op->units = op->elementwise.rows;
    op->least = rows_worth_claiming(op->elementwise.columns);
    return 0;
}

int64_t activate_plan(struct op *op) { return elementwise_plan(op); }
int64_t scale_plan(struct op *op) { return elementwise_plan(op); }

INLINE void activate_with(const int64_t function, const struct elementwise *e, const struct workplace *place, int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
        const float *x = at(place, e->x.at) + row * e->x.stride;
        float *y = at(place, e->y.at) + row * e->y.stride;
        for (int64_t i = 0; i < e->columns; i += LANES) store(y + i, activate(function, load(x + i)));
    }
}

void activate_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct elementwise *e = &op->elementwise;
#define ACTIVATE_WITH(function)                                                                                                        \
    case function: activate_with(function, e, place, from, to); return
    switch (e->function) {
        ACTIVATE_WITH(GELU);
        ACTIVATE_WITH(GELU_TANH);
        ACTIVATE_WITH(QUICK_GELU);
        ACTIVATE_WITH(SWISH);
        ACTIVATE_WITH(SIGMOID);
        ACTIVATE_WITH(TANH);
        ACTIVATE_WITH(RELU);
    default: activate_with(NONE, e, place, from, to);
    }
#undef ACTIVATE_WITH
}

void scale_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct elementwise *e = &op->elementwise;
    for (int64_t row = from; row < to; row++) {
        const float *x = at(place, e->x.at) + row * e->x.stride;
        float *y = at(place, e->y.at) + row * e->y.stride;
        for (int64_t i = 0; i < e->columns; i += LANES) store(y + i, load(x + i) * splat((float)e->factor));
    }
}

// ------------------------------------------------------------------------------------------------ two tensors

static int64_t broadcast_plan(struct op *op) {
    op->units = op->broadcast.rows;
    op->least = rows_worth_claiming(op->broadcast.columns);
    return 0;
}

int64_t add_plan(struct op *op) { return broadcast_plan(op); }
int64_t multiply_plan(struct op *op) { return broadcast_plan(op); }

int64_t offset_of_row(int64_t row, const int64_t extent[OUTER_AXES], const int64_t step[OUTER_AXES]) {
    int64_t offset = 0;
    for (int axis = OUTER_AXES - 1; axis >= 0; axis--) {
        offset += row % extent[axis] * step[axis];
        row /= extent[axis];
    }
    return offset;
}

INLINE void broadcast_run(const int multiplies, const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct broadcast *c = &op->broadcast;
    for (int64_t row = from; row < to; row++) {
        const float *x = at(place, c->x.at) + row * c->x.stride;
        const float *b = at(place, c->b) + offset_of_row(row, c->extent, c->step);
        float *y = at(place, c->y.at) + row * c->y.stride;
        for (int64_t i = 0; i < c->columns; i += LANES) {
            const vec other = c->b_column_step ? load(b + i) : splat(*b);
            store(y + i, multiplies ? load(x + i) * other : load(x + i) + other);
        }
    }
}

void add_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) { broadcast_run(0, op, place, from, to); }

void multiply_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) { broadcast_run(1, op, place, from, to); }
