// SPDX-License-Identifier: Apache-2.0
// A full convolution: the pixels under the kernel, gathered for a tile of results at a time, are rows of a matrix product.
#include "gemm.h"

// The pixels under the kernel of one result, whose first one may lie outside the picture: products [from, from + depth) of the sum over
// kernel rows, kernel columns and channels, in that order. Whole vectors are stored, so what lies behind them comes later.
static void gather(const struct convolution *c, const float *picture, int64_t top, int64_t left, int64_t from, int64_t depth, float *to) {
    int64_t tap = from / c->channels, channel = from % c->channels, down = top + tap / c->kernel_width, column = tap % c->kernel_width;
    for (const float *end = to + depth; to < end;) {
        const int64_t count = least(c->channels - channel, end - to), across = left + column;
        const int inside = (uint64_t)down < (uint64_t)c->height && (uint64_t)across < (uint64_t)c->width;
        const float *pixel = picture + (down * c->width + across) * c->x.stride + channel;
        for (int64_t i = 0; i < count; i += LANES) store(to + i, inside ? load(pixel + i) : zero());
        to += count;
        channel = 0;
        if (++column == c->kernel_width) {
            column = 0;
            down++;
        }
    }
}

static struct rows rows_gathered(const struct product *p, int64_t row, int64_t rows, int64_t from, int64_t depth) {
    const struct convolution *c = &p->op->convolution;
    int64_t across = row % c->out_width, down = row / c->out_width % c->out_height, picture = row / c->out_width / c->out_height;
    for (int64_t i = 0; i < rows; i++) {
        gather(c, at(p->place, c->x.at) + picture * c->height * c->width * c->x.stride, down * c->stride - c->top,
               across * c->stride - c->left, from, depth, p->place->scratch + i * BLOCK);
        if (++across < c->out_width) continue;
        across = 0;
        if (++down < c->out_height) continue;
        down = 0;
        picture++;
    }
    return (struct rows){p->place->scratch, BLOCK};
}

static int64_t results(const struct convolution *c) { return c->batch * c->out_height * c->out_width; }

static int64_t products(const struct convolution *c) { return c->kernel_height * c->kernel_width * c->channels; }

int64_t convolution_plan(struct op *op) {
    const struct convolution *c = &op->convolution;
    product_plan(op, results(c), products(c), c->outputs);
    return TILE_ROWS * BLOCK + LANES;
}

void convolution_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct convolution *c = &op->convolution;
    const struct product product = {
        .x = rows_gathered,
        .op = op,
        .place = place,
        .weight = at(place, c->weight),
        .y = at(place, c->y.at),
        .y_stride = c->y.stride,
        .rows = results(c),
        .inputs = products(c),
        .outputs = c->outputs,
        .epilogue = c->epilogue,
    };
    product_run(&product, from, to);
}
