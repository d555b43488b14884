// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution: a kernel of its own for each channel, channels side by side in a vector; and before it, where there is one, the
// product with weights that makes its channels out of fewer (the expansion of an inverted bottleneck, Sandler et al., 2018).
//
// A thread takes a slab of channels and some rows of results. It brings the rows of pixels under the kernel into memory of its own, where
// a slab's pixels lie side by side between columns of zeros: copied, or made by the expansion, whose result is so large that it would
// otherwise go to memory and back. There, a row of neighbouring results stays in registers while the pixels above it pass by: each pixel
// is loaded once per kernel row and serves all results that it touches.
//
// The taps of a result are added in order of kernel rows and columns; rows outside the picture add nothing.
#include "elementwise.h"
#include "gemm.h"

#define RESULTS 9 // neighbouring results in registers, next to five taps and a pixel; eight sums keep two multiply-adds a cycle going
#define SLAB_PANELS (LANES == 4 ? 2 : 1)
#define SLAB (SLAB_PANELS * PANEL) // channels of a unit: whole cache lines
#if LANES == 16
#define HELD_BYTES (128 << 10)
#else
#define HELD_BYTES (64 << 10) // a part of the second-level cache
#endif
#define SLABS_PER_THREAD 8 // units per thread at least, as far as there is work for them
#define THIN_BAND 8 // rows of a unit at least: the kernel's other rows are made again for each band

// ------------------------------------------------------------------------------------------------ results

// A row of results and the pixels under it, for one vector of channels.
struct result_row {
    const float *x, *weight; // of the first kernel row in the picture
    int64_t x_row, kernel_rows;
    float *y;
    int64_t y_stride, width;
};

INLINE void results_of(const int kernel, const int stride, const int count, const struct result_row *r, const float *x, float *y) {
    const float *weight = r->weight;
    vec sum[RESULTS];
    UNROLL for (int o = 0; o < count; o++) sum[o] = zero();
    for (int64_t row = r->kernel_rows; row > 0; row--, x += r->x_row, weight += kernel * SLAB) {
        vec w[5];
        UNROLL for (int tap = 0; tap < kernel; tap++) w[tap] = load(weight + tap * SLAB);
        UNROLL for (int i = 0; i < (count - 1) * stride + kernel; i++) {
            const vec pixel = load(x + i * SLAB);
            UNROLL for (int o = 0; o < count; o++) {
                const int tap = i - o * stride;
                if (tap >= 0 && tap < kernel) add_product(&sum[o], pixel, w[tap]);
            }
        }
    }
    UNROLL for (int o = 0; o < count; o++, y += r->y_stride) store(y, sum[o]);
}

// In groups of about the same size: nine results take hardly longer than eight, but one takes half as long as nine.
INLINE void results_with(const int kernel, const int stride, const struct result_row *r) {
    const int64_t groups = parts(r->width, RESULTS), small = r->width / groups, larger = r->width % groups;
    const float *x = r->x;
    float *y = r->y;
    for (int64_t group = 0; group < groups; group++) {
        const int64_t count = small + (group < larger);
        switch (count) {
#define RESULTS_OF(count)                                                                                                                  case count: results_of(kernel, stride, count, r, x, y); break
            RESULTS_OF(1);
            RESULTS_OF(2);
            RESULTS_OF(3);
            RESULTS_OF(4);
            RESULTS_OF(5);
            RESULTS_OF(6);
            RESULTS_OF(7);
            RESULTS_OF(8);
            RESULTS_OF(9);
#undef RESULTS_OF
        }
        x += count * stride * SLAB;
        y += count * r->y_stride;
    }
}

// Kernels and strides that no model at hand has: one result at a time.
static void results_of_any(const struct convolution *c, const struct result_row *r) {
    for (int64_t o = 0; o < r->width; o++) {
        vec sum = zero();
        for (int64_t row = 0; row < r->kernel_rows; row++)
            for (int64_t tap = 0; tap < c->kernel_width; tap++)
                sum = mul_add(load(r->x + row * r->x_row + (o * c->stride + tap) * SLAB),
                              load(r->weight + (row * c->kernel_width + tap) * SLAB), sum);
        store(r->y + o * r->y_stride, sum);
    }
}

static void results_run(const struct convolution *c, const struct result_row *r) {
    if (c->kernel_width == 3 && c->stride == 1) results_with(3, 1, r);
    else if (c->kernel_width == 3 && c->stride == 2) results_with(3, 2, r);
    else if (c->kernel_width == 5 && c->stride == 1) results_with(5, 1, r);
    else if (c->kernel_width == 5 && c->stride == 2) results_with(5, 2, r);
    else results_of_any(c, r);
}

// ------------------------------------------------------------------------------------------------ a slab

// Some channels of a picture, and what a thread holds of them: the columns that the kernels reach, of rows [from, to) of pixels.
struct slab {
    const struct convolution *c;
    const struct workplace *place;
    int64_t first, vectors; // channels
    int64_t picture;
    float *weight; // [kernel_height * kernel_width][SLAB]
    float *pixels; // [rows][reach][SLAB]
    int64_t rows, reach, from, to;
    const float *next; // the weights of the next slab's expansion, or null
};

static int64_t slabs(const struct convolution *c) { return parts(c->channels, SLAB); }
static int64_t taps_floats(const struct convolution *c) { return c->kernel_height * c->kernel_width * SLAB; }

// The columns under the kernels, those beside the picture too.
static int64_t reach(const struct convolution *c) { return (c->out_width - 1) * c->stride + c->kernel_width; }

// How many rows are held: those under one result at least.
static int64_t rows_held(const struct convolution *c) {
    return least(c->height + c->kernel_height, most(c->kernel_height, HELD_BYTES / 4 / (reach(c) * SLAB)));
}

int64_t depthwise_plan(struct op *op) {
    const struct convolution *c = &op->convolution;
    op->cut = most(1, least(c->out_height / THIN_BAND, parts(SLABS_PER_THREAD * op->threads, most(1, c->batch * slabs(c)))));
    op->units = c->batch * slabs(c) * op->cut;
    op->least = 1;
    return taps_floats(c) + rows_held(c) * reach(c) * SLAB + LANES;
}

INLINE float *row_of(const struct slab *s, int64_t row) { return s->pixels + (row - s->from) * s->reach * SLAB; }

static void copy_vectors(float *to, int64_t to_stride, const float *from, int64_t from_stride, int64_t rows, int64_t vectors) {
    for (int64_t i = 0; i < rows; i++, to += to_stride, from += from_stride)
        for (int64_t j = 0; j < vectors; j++) store(to + j * LANES, load(from + j * LANES));
}

static void fill_zeros(float *to, int64_t floats) {
    for (int64_t i = 0; i < floats; i += LANES) store(to + i, zero());
}

// Pixels [column, column + count) of a row as the expansion makes them.
static void expand_row(const struct slab *s, int64_t row, int64_t column, int64_t count, float *to) {
    const struct convolution *c = s->c;
    const struct expansion *e = &c->expansion;
    const int64_t tiles = parts(count, TILE_ROWS);
    const float *x = at(s->place, c->x.at) + ((s->picture * c->height + row) * c->width + column) * c->x.stride;
    for (int64_t t = 0; t < tiles; t++) {
        const int64_t pixel = count * t / tiles, pixels = count * (t + 1) / tiles - pixel;
        for (int64_t panel = 0; panel * 2 < s->vectors; panel++) {
            const int64_t vectors = least(2, s->vectors - panel * 2);
            const float *w = at(s->place, e->weight) + (s->first + panel * PANEL) * e->inputs;
            int64_t from = 0;
            do {
                const int64_t depth = least(e->inputs - from, BLOCK), floats = depth * vectors * LANES / (tiles * c->height);
                tile_run(pixels, vectors, &(struct tile){
                    .a = x + pixel * c->x.stride + from,
                    .a_stride = c->x.stride,
                    .b = w + from * vectors * LANES,
                    .depth = depth,
                    .c = to + pixel * SLAB + panel * PANEL,
                    .c_stride = SLAB,
                    .add = from > 0,
                    .ahead = (const char *)(s->next ? s->next + from * vectors * LANES + (row * tiles + t) * floats : w),
                    .ahead_step = s->next ? ahead_step(floats, depth) : 0,
                });
                from += depth;
            } while (from < e->inputs);
        }
        finish(e->function, e->bias ? at(s->place, e->bias) + s->first : 0, 0, 0, to + pixel * SLAB, SLAB, pixels, s->vectors);
    }
}

static void copy_row(const struct slab *s, int64_t row, int64_t column, int64_t count, float *to) {
    const struct convolution *c = s->c;
    const float *x = at(s->place, c->x.at) + ((s->picture * c->height + row) * c->width + column) * c->x.stride + s->first;
    for (int64_t i = 0; i < count; i++) prefetch_far(x + (c->width + i) * c->x.stride);
    copy_vectors(to, SLAB, x, c->x.stride, count, s->vectors);
}

// Sees to it that rows [from, to) are held.
static void hold(struct slab *s, int64_t from, int64_t to) {
    const struct convolution *c = s->c;
    const int64_t left = most(0, c->left), column = most(0, -c->left); // padding may be negative
    const int64_t count = most(0, least(c->width - column, s->reach - left)), right = s->reach - left - count;
    const int64_t kept = most(0, s->to - from);
    if (kept > 0) copy_vectors(s->pixels, SLAB, row_of(s, from), SLAB, kept * s->reach, s->vectors);
    s->from = from;
    for (int64_t row = from + kept; row < to; row++) {
        float *pixels = row_of(s, row);
        fill_zeros(pixels, left * SLAB);
        if (c->expansion.weight) expand_row(s, row, column, count, pixels + left * SLAB);
        else copy_row(s, row, column, count, pixels + left * SLAB);
        fill_zeros(pixels + (left + count) * SLAB, right * SLAB);
    }
    s->to = to;
}

// The first input row under the kernel of a result row that lies in the picture, and the one after the last.
INLINE int64_t top_of(const struct convolution *c, int64_t row) { return least(most(0, row * c->stride - c->top), c->height); }
INLINE int64_t bottom_of(const struct convolution *c, int64_t row) {
    return least(most(0, row * c->stride - c->top + c->kernel_height), c->height);
}

// One row of results, and what follows them.
static void finish_row(const struct slab *s, int64_t row) {
    const struct convolution *c = s->c;
    const struct epilogue *e = &c->epilogue;
    const int64_t top = top_of(c, row), skipped = top - (row * c->stride - c->top);
    const int64_t pixel = (s->picture * c->out_height + row) * c->out_width;
    float *y = at(s->place, c->y.at) + pixel * c->y.stride + s->first;
    for (int64_t i = 0; i < c->out_width; i++) prefetch_to_write(y + (c->out_width + i) * c->y.stride);
    for (int64_t channel = 0; channel < s->vectors * LANES; channel += LANES)
        results_run(c, &(struct result_row){
            .x = row_of(s, top) + channel,
            .weight = s->weight + skipped * c->kernel_width * SLAB + channel,
            .x_row = s->reach * SLAB,
            .kernel_rows = bottom_of(c, row) - top,
            .y = y + channel,
            .y_stride = c->y.stride,
            .width = c->out_width,
        });
    finish(e->function, e->bias ? at(s->place, e->bias) + s->first : 0,
           e->residual.at ? at(s->place, e->residual.at) + pixel * e->residual.stride + s->first : 0, e->residual.stride, y, c->y.stride,
           c->out_width, s->vectors);
}

static void slab_run(struct slab *s, int64_t row, int64_t end) {
    const struct convolution *c = s->c;
    const int64_t at_once = 1 + (s->rows - c->kernel_height) / c->stride;
    const float *weight = at(s->place, c->weight) + s->first;
    copy_vectors(s->weight, SLAB, weight, parts(c->channels, 16) * 16, c->kernel_height * c->kernel_width, s->vectors);
    while (row < end) {
        const int64_t last = least(end, row + at_once);
        hold(s, top_of(c, row), most(top_of(c, row), bottom_of(c, last - 1)));
        for (; row < last; row++) finish_row(s, row);
    }
}

void depthwise_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct convolution *c = &op->convolution;
    for (int64_t unit = from; unit < to; unit++) {
        const int64_t band = unit % op->cut, slab = unit / op->cut % slabs(c), picture = unit / op->cut / slabs(c);
        const int64_t first = slab * SLAB;
        slab_run(&(struct slab){
            .c = c,
            .place = place,
            .first = first,
            .vectors = least(SLAB / LANES, parts(c->channels - first, LANES)),
            .picture = picture,
            .weight = place->scratch,
            .pixels = place->scratch + taps_floats(c),
            .rows = rows_held(c),
            .reach = reach(c),
            .next = c->expansion.weight && unit + 1 < to && slab + 1 < slabs(c)
                        ? at(place, c->expansion.weight) + (first + SLAB) * c->expansion.inputs : 0,
        }, c->out_height * band / op->cut, c->out_height * (band + 1) / op->cut);
    }
}
