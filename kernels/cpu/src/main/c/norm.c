// SPDX-License-Identifier: Apache-2.0
// Functions of whole rows: layer norm, softmax, L2 norm.
#include "elementwise.h"
#include "softmax.h"

static int64_t norm_plan(struct op *op, int64_t scratch) {
    op->units = op->norm.rows;
    op->least = rows_worth_claiming(4 * op->norm.columns);
    return scratch;
}

int64_t layer_norm_plan(struct op *op) { return norm_plan(op, 0); }
int64_t softmax_plan(struct op *op) { return norm_plan(op, parts(op->norm.columns, LANES) * LANES); }
int64_t l2_normalize_plan(struct op *op) { return norm_plan(op, 0); }

// Four sums side by side: one would wait for each addition before the next.
#define SUM_OVER_ROW(sum, columns, term)                                                                                               \
    float sum;                                                                                                                         \
    do {                                                                                                                               \
        vec s[4] = {zero(), zero(), zero(), zero()};                                                                                   \
        int64_t i = 0;                                                                                                                 \
        for (; i + 4 * LANES <= columns; i += 4 * LANES) {                                                                             \
            UNROLL for (int j = 0; j < 4; j++) {                                                                                       \
                const vec v = load(x + i + j * LANES);                                                                                 \
                s[j] += term;                                                                                                          \
            }                                                                                                                          \
        }                                                                                                                              \
        for (; i + LANES <= columns; i += LANES) {                                                                                     \
            const vec v = load(x + i);                                                                                                 \
            s[0] += term;                                                                                                              \
        }                                                                                                                              \
        if (i < columns) {                                                                                                             \
            const vec v = load_first(x + i, columns - i);                                                                              \
            s[0] += only_first(term, columns - i);                                                                                     \
        }                                                                                                                              \
        sum = sum_of((s[0] + s[1]) + (s[2] + s[3]));                                                                                   \
    } while (0)

void layer_norm_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct norm *n = &op->norm;
    const float *weight = at(place, n->weight), *bias = at(place, n->bias);
    const int64_t columns = n->columns;
    for (int64_t row = from; row < to; row++) {
        const float *x = at(place, n->x.at) + row * n->x.stride;
        float *y = at(place, n->y.at) + row * n->y.stride;
        SUM_OVER_ROW(sum, columns, v);
        const vec mean = splat(sum / (float)columns);
        SUM_OVER_ROW(squares, columns, (v - mean) * (v - mean));
        const vec inverse = splat(1 / __builtin_sqrtf(squares / (float)columns + (float)n->epsilon));
        for (int64_t i = 0; i < columns; i += LANES)
            store(y + i, mul_add((load(x + i) - mean) * inverse, load(weight + i), load(bias + i)));
    }
}

void softmax_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct norm *n = &op->norm;
    const int64_t columns = parts(n->columns, LANES) * LANES;
    float *bound = place->scratch;
    for (int64_t i = 0; i < columns; i++) bound[i] = i < n->columns ? __builtin_inff() : -__builtin_inff();
    for (int64_t row = from; row < to; row++) {
        float *y = at(place, n->y.at) + row * n->y.stride;
        const float sum = softmax_row(at(place, n->x.at) + row * n->x.stride, bound, n->columns / LANES * LANES, 1, columns, y);
        const vec share = splat(1 / sum);
        for (int64_t i = 0; i < columns; i += LANES) store(y + i, load(y + i) * share);
    }
}

void l2_normalize_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct norm *n = &op->norm;
    const int64_t columns = n->columns;
    for (int64_t row = from; row < to; row++) {
        const float *x = at(place, n->x.at) + row * n->x.stride;
        float *y = at(place, n->y.at) + row * n->y.stride;
        SUM_OVER_ROW(squares, columns, v * v);
        const vec length = splat(__builtin_sqrtf(squares));
        for (int64_t i = 0; i < columns; i += LANES) store(y + i, load(x + i) / length);
    }
}
