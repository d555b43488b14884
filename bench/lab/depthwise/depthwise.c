// SPDX-License-Identifier: Apache-2.0
// Depthwise convolutions of stride 1, from three loops to what ships: bench/lab/run.sh depthwise
//
// version    | idea                                                        | 72x72x288 k3 | 36x36x480 k5 | 18x18x1344 k5
//  1         | three loops: results, channels, taps                        |          1 % |          1 % |           1 %
//  2         | a vector of channels at a time                              |         13 % |         13 % |          14 %
//  3         | 8 neighbouring results in registers: a pixel is loaded once |         30 % |         36 % |          36 %
//  4         | slabs of 128 channels: rows under the kernel stay in L2     |         30 % |         42 % |          41 %
// production | a slab's pixels brought side by side first; 9 results       |         30 % |         67 % |          69 %
//
// Share of the peak of the same run, one thread: tier v3, AMD EPYC (Zen 3, 2 processors of a shared machine, 103 GFLOP/s),
// gcc 12.2, 2026-11-24. Version 4 with requests for the next row, in the order in which it lies, shipped before: 34, 48 and 48 %. At 72x72
// memory is the limit, and there production is not used alone: the expansion makes the pixels where they are needed. All of B7 at 289
// pixels took 140 ms with separate expansions, 131 ms with joined ones (2 threads, the best of 25 interleaved runs).
#include "op.h"
#include "vec.h"

struct sizes {
    int64_t height, width, channels, kernel;
};

// Pictures [height][width][stride], zeros around them; weights [kernel * kernel][weight_stride].
struct operands {
    const float *x, *w;
    float *y;
    int64_t stride, weight_stride;
};

#include "lab.h"

static int64_t edge(const struct sizes *s) { return (s->kernel - 1) / 2; }
static const float *pixel(const struct sizes *s, const struct operands *o, int64_t row, int64_t column) {
    return o->x + (row * s->width + column) * o->stride;
}
static int is_inside(int64_t at, int64_t extent) { return at >= 0 && at < extent; }

// ------------------------------------------------------------------------------------------------ the versions

static void three_loops(const struct sizes *s, const struct operands *o) {
    for (int64_t result = 0; result < s->height * s->width; result++)
        for (int64_t channel = 0; channel < s->channels; channel++) {
            float sum = 0;
            for (int64_t tap = 0; tap < s->kernel * s->kernel; tap++) {
                const int64_t row = result / s->width + tap / s->kernel - edge(s), column = result % s->width + tap % s->kernel - edge(s);
                if (is_inside(row, s->height) && is_inside(column, s->width))
                    sum += pixel(s, o, row, column)[channel] * o->w[tap * o->weight_stride + channel];
            }
            o->y[result * o->stride + channel] = sum;
        }
}

static void vectors_of_channels(const struct sizes *s, const struct operands *o) {
    for (int64_t row = 0; row < s->height; row++)
        for (int64_t column = 0; column < s->width; column++)
            for (int64_t channel = 0; channel < s->channels; channel += LANES) {
                const int64_t left = column - edge(s), first = most(0, -left), end = least(s->kernel, s->width - left);
                vec sum = zero();
                for (int64_t i = 0; i < s->kernel; i++) {
                    const int64_t above = row - edge(s) + i;
                    if (!is_inside(above, s->height)) continue;
                    for (int64_t tap = first; tap < end; tap++)
                        sum = mul_add(load(pixel(s, o, above, left + tap) + channel),
                                      load(o->w + (i * s->kernel + tap) * o->weight_stride + channel), sum);
                }
                store(o->y + (row * s->width + column) * o->stride + channel, sum);
            }
}

// `count` neighbouring results of one vector of channels.
INLINE void neighbours(const int kernel, const int count, const struct sizes *s, const struct operands *o, int64_t row, int64_t column,
                       int64_t channel) {
    const int64_t left = column - kernel / 2;
    const int inside = left >= 0 && left + count - 1 + kernel <= s->width;
    vec sum[8];
    UNROLL for (int r = 0; r < count; r++) sum[r] = zero();
    for (int64_t i = most(0, kernel / 2 - row); i < least(kernel, s->height - row + kernel / 2); i++) {
        const float *weight = o->w + i * kernel * o->weight_stride + channel, *x = pixel(s, o, row - kernel / 2 + i, left) + channel;
        vec w[5];
        UNROLL for (int tap = 0; tap < kernel; tap++) w[tap] = load(weight + tap * o->weight_stride);
        UNROLL for (int p = 0; p < count - 1 + kernel; p++, x += o->stride) {
            __asm__("" : "+r"(x)); // one pointer that moves, not one per pixel
            const vec seen = inside || is_inside(left + p, s->width) ? load(x) : zero();
            UNROLL for (int r = 0; r < count; r++)
                if (p - r >= 0 && p - r < kernel) sum[r] = mul_add(seen, w[p - r], sum[r]);
        }
    }
    UNROLL for (int r = 0; r < count; r++) store(o->y + (row * s->width + column + r) * o->stride + channel, sum[r]);
}

INLINE void row_of_results(const int kernel, const struct sizes *s, const struct operands *o, int64_t row, int64_t channel) {
    int64_t column = 0;
    for (; column + 8 <= s->width; column += 8) neighbours(kernel, 8, s, o, row, column, channel);
    for (; column < s->width; column++) neighbours(kernel, 1, s, o, row, column, channel);
}

static void rows_of_slabs(const struct sizes *s, const struct operands *o, int64_t slab) {
    for (int64_t first = 0; first < s->channels; first += slab)
        for (int64_t row = 0; row < s->height; row++)
            for (int64_t channel = first; channel < least(first + slab, s->channels); channel += LANES)
                if (s->kernel == 3) row_of_results(3, s, o, row, channel);
                else row_of_results(5, s, o, row, channel);
}

static void results_in_registers(const struct sizes *s, const struct operands *o) { rows_of_slabs(s, o, s->channels); }
static void slabs_of_channels(const struct sizes *s, const struct operands *o) { rows_of_slabs(s, o, 128); }

static void production(const struct sizes *s, const struct operands *o) {
    struct op op = {.kernel = DEPTHWISE, .threads = 1};
    op.convolution = (struct convolution){
        .x = {(ref)(uintptr_t)o->x, o->stride},
        .y = {(ref)(uintptr_t)o->y, o->stride},
        .weight = (ref)(uintptr_t)o->w,
        .batch = 1,
        .height = s->height,
        .width = s->width,
        .channels = s->channels,
        .out_height = s->height,
        .out_width = s->width,
        .outputs = s->channels,
        .kernel_height = s->kernel,
        .kernel_width = s->kernel,
        .stride = 1,
        .top = edge(s),
        .left = edge(s),
    };
    run_production(&op, (struct kernel_functions){depthwise_plan, depthwise_run});
}

// ------------------------------------------------------------------------------------------------ operands and validation

static struct operands operands_of(const struct sizes *s) {
    const int64_t stride = avocet_row_stride(s->channels), weight_stride = parts(s->channels, 16) * 16;
    return (struct operands){
        .x = floats(s->height * s->width * stride),
        .w = floats(s->kernel * s->kernel * weight_stride),
        .y = floats(s->height * s->width * stride),
        .stride = stride,
        .weight_stride = weight_stride,
    };
}

static void release(const struct operands *o) {
    free((void *)o->x);
    free((void *)o->w);
    free(o->y);
}

static double error_of(const struct sizes *s, const struct operands *o) {
    double worst = 0;
    for (int64_t row = 0; row < s->height; row++)
        for (int64_t column = 0; column < s->width; column++)
            for (int64_t channel = 0; channel < s->channels; channel++) {
                double sum = 0, size = 0;
                for (int64_t i = 0; i < s->kernel; i++)
                    for (int64_t j = 0; j < s->kernel; j++) {
                        const int64_t y = row + i - edge(s), x = column + j - edge(s);
                        if (!is_inside(y, s->height) || !is_inside(x, s->width)) continue;
                        const double product = (double)pixel(s, o, y, x)[channel] * o->w[(i * s->kernel + j) * o->weight_stride + channel];
                        sum += product;
                        size += fabs(product);
                    }
                const double found = o->y[(row * s->width + column) * o->stride + channel];
                worst = worse(fabs(found - sum) / (size * (double)(s->kernel * s->kernel + 1) * 0x1p-24 + 1e-30), worst);
            }
    return worst;
}

static double flop_of(const struct sizes *s) {
    return 2.0 * (double)(s->height * s->width * s->channels * s->kernel * s->kernel);
}
static void print_sizes(const struct sizes *s) { printf("%ldx%ldx%ld k%ld", s->height, s->width, s->channels, s->kernel); }

int main(void) {
    static const struct idea ideas[] = {
        {"1 three loops", three_loops},
        {"2 vectors", vectors_of_channels},
        {"3 results held", results_in_registers},
        {"4 slabs", slabs_of_channels},
        {"production", production},
    };
    static const int64_t extents[] = {1, 2, 13, 33}, channels[] = {1, 13, 207};
    static struct sizes awkward[4 * 4 * 3 * 2];
    for (int i = 0; i < COUNT(awkward); i++)
        awkward[i] = (struct sizes){extents[i % 4], extents[i / 4 % 4], channels[i / 16 % 3], i < 48 ? 3 : 5};
    static const struct sizes timed[] = {{72, 72, 288, 3}, {36, 36, 480, 5}, {18, 18, 1344, 5}};
    return run_lab(&(struct lab){ideas, awkward, timed, COUNT(ideas), COUNT(awkward), COUNT(timed)});
}
