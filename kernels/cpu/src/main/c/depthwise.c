// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution: a kernel of its own for each channel, channels side by side in a vector.
//
// A row of some neighbouring results stays in registers while the pixels above it pass by: each pixel is loaded once per kernel row
// and serves all results it touches. The rows under the kernel stay in the second-level cache, as far as the channels of a slab go.
// What the next row of results needs is asked for in the order in which it lies in memory, a little before each vector of channels;
// the order in which it is read, pixel by pixel with all other channels between, would be too slow for memory.
//
// The taps of a result are added in order of kernel rows and columns; taps outside the picture add nothing.
#include "elementwise.h"

#define RESULTS 8     // neighbouring results in registers
#define SLAB 128      // channels of a unit: 512 neighbouring bytes of each pixel
#define THIN_BAND 8   // rows of a unit at least: the kernel's other rows are read again for each band
#define UNITS_PER_THREAD 8

// Where the taps of a result row lie for one vector of channels.
struct taps {
    const float *x;      // the pixel under the first kernel row in the picture, in column 0
    const float *weight; // of that kernel row
    int64_t x_stride, x_row, weight_stride, kernel_rows, width;
};

INLINE void results_of(const int kernel, const int stride, const int count, const int inside, const struct taps *taps, int64_t left,
                       float *y, int64_t y_stride) {
    const int64_t x_stride = taps->x_stride, weight_stride = taps->weight_stride;
    const float *x = taps->x + left * x_stride, *weight = taps->weight;
    vec sum[RESULTS];
    UNROLL for (int o = 0; o < count; o++) sum[o] = zero();
    for (int64_t row = taps->kernel_rows; row > 0; row--) {
        vec w[5];
        UNROLL for (int tap = 0; tap < kernel; tap++, weight += weight_stride) w[tap] = load(weight);
        const float *next = x + taps->x_row;
        UNROLL for (int i = 0; i < (count - 1) * stride + kernel; i++, x += x_stride) {
            __asm__("" : "+r"(x)); // one pointer that moves, not one per pixel
            const vec pixel = inside || (uint64_t)(left + i) < (uint64_t)taps->width ? load(x) : zero();
            UNROLL for (int o = 0; o < count; o++) {
                const int tap = i - o * stride;
                if (tap >= 0 && tap < kernel) sum[o] = mul_add(pixel, w[tap], sum[o]);
            }
        }
        x = next;
    }
    UNROLL for (int o = 0; o < count; o++, y += y_stride) store(y, sum[o]);
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
    const int64_t groups = parts(c->out_width, RESULTS), small = c->out_width / groups, larger = c->out_width % groups;
    int64_t left = -c->left;
    for (int64_t group = 0; group < groups; group++) {
        const int64_t count = small + (group < larger), right = left + (count - 1) * c->stride + c->kernel_width;
        results[count - 1][left >= 0 && right <= c->width](taps, left, y, c->y.stride);
        left += count * c->stride;
        y += count * c->y.stride;
    }
}

static int64_t slabs(const struct convolution *c) { return parts(c->channels, SLAB); }

int64_t depthwise_plan(struct op *op) {
    const struct convolution *c = &op->convolution;
    op->cut = most(1, least(c->out_height / THIN_BAND, parts(UNITS_PER_THREAD * op->threads, most(1, c->batch * slabs(c)))));
    op->units = c->batch * slabs(c) * op->cut;
    op->least = 1;
    return 0;
}

// Asks for one of `count` equal parts of some pixels' channels.
INLINE void prefetch_pixels(const float *pixels, int64_t number, int64_t stride, int64_t channels, int64_t part, int64_t count) {
    const int64_t end = number * (part + 1) / count;
    for (int64_t i = number * part / count; i < end; i++)
        for (int64_t channel = 0; channel < channels; channel += 16) prefetch_far(pixels + i * stride + channel);
}

// A slab's channels [first, first + channels) of rows [row, end) of a picture of results.
struct unit {
    const float *x;
    float *y;
    int64_t first, channels, row, end, result;
};

static void unit_run(const struct convolution *c, const struct workplace *place, const struct unit *u) {
    results_function *const(*results)[2] = results_for(c);
    const int64_t x_row = c->width * c->x.stride, y_row = c->out_width * c->y.stride, weight_stride = parts(c->channels, 16) * 16;
    const struct epilogue *e = &c->epilogue;
    for (int64_t row = u->row; row < u->end; row++) {
        const int64_t top = row * c->stride - c->top;
        const int64_t skipped = least(most(0, -top), c->kernel_height), bottom = least(top + c->kernel_height, c->height);
        const int64_t rows_below = row + 1 < u->end ? most(0, least(c->stride, c->height - most(bottom, 0))) : 0;
        for (int64_t channel = 0; channel < u->channels; channel += LANES) {
            const int64_t part = channel / LANES, count = parts(u->channels, LANES);
            prefetch_pixels(u->x + bottom * x_row, rows_below * c->width, c->x.stride, u->channels, part, count);
            if (row + 1 < u->end) prefetch_pixels(u->y + (row + 1) * y_row, c->out_width, c->y.stride, u->channels, part, count);
            const struct taps taps = {
                .x = u->x + (top + skipped) * x_row + channel,
                .weight = at(place, c->weight) + skipped * c->kernel_width * weight_stride + u->first + channel,
                .x_stride = c->x.stride,
                .x_row = x_row,
                .weight_stride = weight_stride,
                .kernel_rows = most(0, bottom - top - skipped),
                .width = c->width,
            };
            float *y = u->y + row * y_row + channel;
            if (results) result_row(c, results, &taps, y);
            else result_row_of_any(c, &taps, y);
            const int64_t result = (u->result + row) * c->out_width;
            finish(e->function, e->bias ? at(place, e->bias) + u->first + channel : 0,
                   e->residual.at ? at(place, e->residual.at) + result * e->residual.stride + u->first + channel : 0,
                   e->residual.stride, y, c->y.stride, c->out_width, 1);
        }
    }
}

void depthwise_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct convolution *c = &op->convolution;
    for (int64_t unit = from; unit < to; unit++) {
        const int64_t band = unit % op->cut, slab = unit / op->cut % slabs(c), picture = unit / op->cut / slabs(c);
        const int64_t first = slab * SLAB;
        unit_run(c, place, &(struct unit){
            .x = at(place, c->x.at) + picture * c->height * c->width * c->x.stride + first,
            .y = at(place, c->y.at) + picture * c->out_height * c->out_width * c->y.stride + first,
            .first = first,
            .channels = least(SLAB, c->channels - first),
            .row = c->out_height * band / op->cut,
            .end = c->out_height * (band + 1) / op->cut,
            .result = picture * c->out_height,
        });
    }
}
