// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution: a kernel of its own for each channel, channels side by side in a vector.
//
// A row of some neighbouring results stays in registers while the pixels above it pass by: each pixel is loaded once per kernel row
// and serves all results it touches. Channels come first: a block of them goes through a whole band of the picture, so that each
// cache line of the picture is fetched once and its kernel rows come from the nearest caches.
//
// The taps of a result are added in order of kernel rows and columns; taps outside the picture add nothing.
#include "elementwise.h"

#define RESULTS 8            // neighbouring results in registers
#define CHANNELS_PER_UNIT 32 // two cache lines of each pixel
#define ROWS_PER_BAND 8

// Where the taps of a result row lie for one vector of channels.
struct taps {
    const float *x;      // the pixel under the first kernel row in the picture, in column 0
    const float *weight; // of that kernel row
    int64_t x_stride, x_row, weight_stride, kernel_rows, width;
};

INLINE void results_of(const int kernel, const int stride, const int count, const int inside, const struct taps *taps, int64_t left,
                       float *y, int64_t y_stride) {
    const float *x = taps->x + left * taps->x_stride, *weight = taps->weight;
    vec sum[RESULTS];
    UNROLL for (int o = 0; o < count; o++) sum[o] = zero();
    for (int64_t row = 0; row < taps->kernel_rows; row++) {
        vec w[5];
        UNROLL for (int tap = 0; tap < kernel; tap++) w[tap] = load(weight + tap * taps->weight_stride);
        UNROLL for (int i = 0; i < (count - 1) * stride + kernel; i++) {
            const vec pixel = inside || (uint64_t)(left + i) < (uint64_t)taps->width ? load(x + i * taps->x_stride) : zero();
            UNROLL for (int o = 0; o < count; o++) {
                const int tap = i - o * stride;
                if (tap >= 0 && tap < kernel) sum[o] = mul_add(pixel, w[tap], sum[o]);
            }
        }
        x += taps->x_row;
        weight += kernel * taps->weight_stride;
    }
    UNROLL for (int o = 0; o < count; o++) store(y + o * y_stride, sum[o]);
}

typedef void results_function(const struct taps *taps, int64_t left, float *y, int64_t y_stride);

#define RESULTS_OF(kernel, stride, count, inside)                                                                                      \
    static void results_##kernel##_##stride##_##count##_##inside(const struct taps *taps, int64_t left, float *y, int64_t y_stride) {  \
        results_of(kernel, stride, count, inside, taps, left, y, y_stride);                                                            \
    }
#define RESULTS_FOR(kernel, stride)                                                                                                    \
    RESULTS_OF(kernel, stride, 1, 0) RESULTS_OF(kernel, stride, 1, 1) RESULTS_OF(kernel, stride, 2, 0) RESULTS_OF(kernel, stride, 2, 1) \
    RESULTS_OF(kernel, stride, 3, 0) RESULTS_OF(kernel, stride, 3, 1) RESULTS_OF(kernel, stride, 4, 0) RESULTS_OF(kernel, stride, 4, 1) \
    RESULTS_OF(kernel, stride, 5, 0) RESULTS_OF(kernel, stride, 5, 1) RESULTS_OF(kernel, stride, 6, 0) RESULTS_OF(kernel, stride, 6, 1) \
    RESULTS_OF(kernel, stride, 7, 0) RESULTS_OF(kernel, stride, 7, 1) RESULTS_OF(kernel, stride, 8, 0) RESULTS_OF(kernel, stride, 8, 1) \
    static results_function *const results_##kernel##_##stride[RESULTS][2] = {                                                         \
        {results_##kernel##_##stride##_1_0, results_##kernel##_##stride##_1_1},                                                        \
        {results_##kernel##_##stride##_2_0, results_##kernel##_##stride##_2_1},                                                        \
        {results_##kernel##_##stride##_3_0, results_##kernel##_##stride##_3_1},                                                        \
        {results_##kernel##_##stride##_4_0, results_##kernel##_##stride##_4_1},                                                        \
        {results_##kernel##_##stride##_5_0, results_##kernel##_##stride##_5_1},                                                        \
        {results_##kernel##_##stride##_6_0, results_##kernel##_##stride##_6_1},                                                        \
        {results_##kernel##_##stride##_7_0, results_##kernel##_##stride##_7_1},                                                        \
        {results_##kernel##_##stride##_8_0, results_##kernel##_##stride##_8_1},                                                        \
    };

RESULTS_FOR(3, 1)
RESULTS_FOR(3, 2)
RESULTS_FOR(5, 1)
RESULTS_FOR(5, 2)

// Kernels and strides that no model at hand has: one result at a time.
static void result_row_of_any(const struct convolution *c, const struct taps *taps, float *y) {
    for (int64_t o = 0; o < c->out_width; o++) {
        const int64_t left = o * c->stride - c->left;
        const float *weight = taps->weight;
        vec sum = zero();
        for (int64_t row = 0; row < taps->kernel_rows; row++) {
            for (int64_t tap = 0; tap < c->kernel_width; tap++, weight += taps->weight_stride)
                if (left + tap >= 0 && left + tap < taps->width)
                    sum = mul_add(load(taps->x + row * taps->x_row + (left + tap) * taps->x_stride), load(weight), sum);
        }
        store(y + o * c->y.stride, sum);
    }
}

static results_function *const (*results_for(const struct convolution *c))[2] {
    if (c->kernel_width == 3 && c->stride == 1) return results_3_1;
    if (c->kernel_width == 3 && c->stride == 2) return results_3_2;
    if (c->kernel_width == 5 && c->stride == 1) return results_5_1;
    if (c->kernel_width == 5 && c->stride == 2) return results_5_2;
    return 0;
}

static void result_row(const struct convolution *c, results_function *const (*results)[2], const struct taps *taps, float *y) {
    const int64_t groups = parts(c->out_width, RESULTS);
    for (int64_t group = 0; group < groups; group++) {
        const int64_t first = c->out_width * group / groups, count = c->out_width * (group + 1) / groups - first;
        const int64_t left = first * c->stride - c->left;
        const int inside = left >= 0 && left + (count - 1) * c->stride + c->kernel_width <= c->width;
        results[count - 1][inside](taps, left, y + first * c->y.stride, c->y.stride);
    }
}

static int64_t blocks(const struct convolution *c) { return parts(c->channels, CHANNELS_PER_UNIT); }

// Enough units for some threads, but no band so thin that its neighbours' rows weigh.
static int64_t bands(const struct convolution *c) {
    return most(1, least(c->out_height / ROWS_PER_BAND, parts(32, blocks(c) * most(c->batch, 1))));
}

int64_t depthwise_plan(struct op *op) {
    const struct convolution *c = &op->convolution;
    op->units = c->batch * blocks(c) * bands(c);
    op->least = 1;
    return 0;
}

// The lines of the pixels that the next row of results needs and this one did not.
static void prefetch_next(const struct convolution *c, const float *x, int64_t row, int64_t x_row) {
    for (int64_t i = 0; i < c->stride; i++) {
        const int64_t down = row * c->stride - c->top + c->kernel_height + i;
        if (down < 0 || down >= c->height) continue;
        for (int64_t across = 0; across < c->width; across++) {
            prefetch(x + down * x_row + across * c->x.stride);
            prefetch(x + down * x_row + across * c->x.stride + 16);
        }
    }
}

void depthwise_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct convolution *c = &op->convolution;
    results_function *const(*results)[2] = results_for(c);
    const int64_t x_row = c->width * c->x.stride, weight_stride = parts(c->channels, 16) * 16;
    const struct epilogue *e = &c->epilogue;
    for (int64_t unit = from; unit < to; unit++) {
        const int64_t band = unit % bands(c), block = unit / bands(c) % blocks(c), picture = unit / bands(c) / blocks(c);
        const int64_t first = block * CHANNELS_PER_UNIT, end = least(first + CHANNELS_PER_UNIT, c->channels);
        const float *x = at(place, c->x.at) + picture * c->height * x_row;
        const int64_t last = c->out_height * (band + 1) / bands(c);
        for (int64_t row = c->out_height * band / bands(c); row < last; row++) {
            if (row + 1 < last) prefetch_next(c, x + first, row, x_row);
            const int64_t top = row * c->stride - c->top;
            const int64_t skipped = least(most(0, -top), c->kernel_height), bottom = least(top + c->kernel_height, c->height);
            const int64_t result = (picture * c->out_height + row) * c->out_width;
            for (int64_t channel = first; channel < end; channel += LANES) {
                const struct taps taps = {
                    .x = x + (top + skipped) * x_row + channel,
                    .weight = at(place, c->weight) + skipped * c->kernel_width * weight_stride + channel,
                    .x_stride = c->x.stride,
                    .x_row = x_row,
                    .weight_stride = weight_stride,
                    .kernel_rows = most(0, bottom - top - skipped),
                    .width = c->width,
                };
                float *y = at(place, c->y.at) + result * c->y.stride + channel;
                if (results) result_row(c, results, &taps, y);
                else result_row_of_any(c, &taps, y);
                finish(e->function, e->bias ? at(place, e->bias) + channel : 0,
                       e->residual.at ? at(place, e->residual.at) + result * e->residual.stride + channel : 0, e->residual.stride, y,
                       c->y.stride, c->out_width, 1);
            }
        }
    }
}
