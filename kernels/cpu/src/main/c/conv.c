// SPDX-License-Identifier: Apache-2.0
// A full convolution: the pixels under the kernel, gathered for a tile of results at a time, are rows of a matrix product.
#include "gemm.h"

// For some results, products [from, from + depth) of the sum over kernel rows, kernel columns and channels, in that order.
static struct rows rows_gathered(const struct product *p, int64_t row, int64_t rows, int64_t from, int64_t depth) {
    const struct convolution *c = &p->op->convolution;
    const float *x = at(p->place, c->x.at);
    float *made = p->place->scratch;
    for (int64_t i = 0; i < rows; i++) {
        const int64_t pixel = row + i, picture = pixel / (c->out_height * c->out_width);
        const int64_t top = pixel / c->out_width % c->out_height * c->stride - c->top;
        const int64_t left = pixel % c->out_width * c->stride - c->left;
        float *to = made + i * BLOCK;
        for (int64_t k = from; k < from + depth;) {
            const int64_t tap = k / c->channels, channel = k % c->channels;
            const int64_t count = least(c->channels - channel, from + depth - k);
            const int64_t down = top + tap / c->kernel_width, across = left + tap % c->kernel_width;
            const int inside = down >= 0 && down < c->height && across >= 0 && across < c->width;
            const float *pixels = x + ((picture * c->height + down) * c->width + across) * c->x.stride + channel;
            for (int64_t j = 0; j < count; j++) to[k - from + j] = inside ? pixels[j] : 0;
            k += count;
        }
    }
    return (struct rows){made, BLOCK};
}

static int64_t results(const struct convolution *c) { return c->batch * c->out_height * c->out_width; }

static int64_t products(const struct convolution *c) { return c->kernel_height * c->kernel_width * c->channels; }

int64_t convolution_plan(struct op *op) {
    const struct convolution *c = &op->convolution;
    product_plan(op, results(c), products(c), c->outputs);
    return TILE_ROWS * BLOCK;
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
