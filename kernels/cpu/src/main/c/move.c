// SPDX-License-Identifier: Apache-2.0
// Kernels that only move elements.
#include "elementwise.h"

static void copy_floats(const float *from, float *to, int64_t count) {
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) store(to + i, load(from + i));
    if (i < count) store_first(to + i, load_first(from + i, count - i), count - i);
}

int64_t embedding_plan(struct op *op) {
    op->units = op->embedding.rows;
    op->least = rows_worth_claiming(op->embedding.columns);
    return 0;
}

void embedding_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct embedding *e = &op->embedding;
    const int32_t *ids = (const int32_t *)at(place, e->ids);
    for (int64_t row = from; row < to; row++)
        copy_floats(at(place, e->table.at) + ids[row] * e->table.stride, at(place, e->y.at) + row * e->y.stride, e->columns);
}

int64_t copy_plan(struct op *op) {
    op->units = 1;
    for (int axis = 0; axis < OUTER_AXES; axis++) op->units *= op->copy.extent[axis];
    op->least = rows_worth_claiming(op->copy.columns);
    return 0;
}

void copy_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct copy *c = &op->copy;
    for (int64_t row = from; row < to; row++) {
        const float *x = at(place, c->x) + offset_of_row(row, c->extent, c->x_step);
        float *y = at(place, c->y) + offset_of_row(row, c->extent, c->y_step);
        if (c->x_column_step)
            copy_floats(x, y, c->columns);
        else
            for (int64_t i = 0; i < c->columns; i++) y[i] = *x;
    }
}

// A unit is LANES rows of one matrix.
int64_t transpose_plan(struct op *op) {
    const struct transpose *t = &op->transpose;
    op->units = t->outer[0] * t->outer[1] * parts(t->rows, LANES);
    op->least = rows_worth_claiming(t->columns * LANES);
    return 0;
}

void transpose_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct transpose *t = &op->transpose;
    const int64_t strips = parts(t->rows, LANES);
    for (int64_t unit = from; unit < to; unit++) {
        const int64_t matrix = unit / strips, row = unit % strips * LANES, rows = least(LANES, t->rows - row);
        const int64_t outer = matrix / t->outer[1], inner = matrix % t->outer[1];
        const float *x = at(place, t->x.at) + outer * t->x_step[0] + inner * t->x_step[1] + row * t->x.stride;
        float *y = at(place, t->y.at) + outer * t->y_step[0] + inner * t->y_step[1] + row;
        for (int64_t column = 0; column < t->columns; column += LANES) {
            const int64_t columns = least(LANES, t->columns - column);
            vec square[LANES];
            for (int64_t i = 0; i < LANES; i++) square[i] = i < rows ? load_first(x + i * t->x.stride + column, columns) : zero();
            transpose_square(square);
            for (int64_t i = 0; i < columns; i++) store_first(y + (column + i) * t->y.stride, square[i], rows);
        }
    }
}

int64_t patchify_plan(struct op *op) {
    const struct patchify *p = &op->patchify;
    op->units = p->batch * p->down * p->across;
    op->least = rows_worth_claiming(p->channels * p->patch_height * p->patch_width);
    return 0;
}

void patchify_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct patchify *p = &op->patchify;
    for (int64_t patch = from; patch < to; patch++) {
        const int64_t picture = patch / (p->down * p->across), position = patch % (p->down * p->across);
        float *y = at(place, p->y.at) + patch * p->y.stride;
        for (int64_t c = 0; c < p->channels; c++) {
            for (int64_t i = 0; i < p->patch_height; i++) {
                const int64_t line = (picture * p->channels + c) * p->height + position / p->across * p->patch_height + i;
                copy_floats(at(place, p->x.at) + line * p->x.stride + position % p->across * p->patch_width, y, p->patch_width);
                y += p->patch_width;
            }
        }
    }
}

// A unit is a row of the result.
int64_t reshape_plan(struct op *op) {
    op->units = op->reshape.y_columns ? op->reshape.elements / op->reshape.y_columns : 0;
    op->least = rows_worth_claiming(op->reshape.y_columns);
    return 0;
}

void reshape_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct reshape *r = &op->reshape;
    for (int64_t row = from; row < to; row++) {
        float *y = at(place, r->y.at) + row * r->y.stride;
        for (int64_t column = 0; column < r->y_columns;) {
            const int64_t element = row * r->y_columns + column, skipped = element % r->x_columns;
            const int64_t count = least(r->y_columns - column, r->x_columns - skipped);
            copy_floats(at(place, r->x.at) + element / r->x_columns * r->x.stride + skipped, y + column, count);
            column += count;
        }
    }
}
