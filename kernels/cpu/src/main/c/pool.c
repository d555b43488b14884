// SPDX-License-Identifier: Apache-2.0
// Means and maxima over the pixels of a picture, channels side by side.
#include "vec.h"
#include "op.h"

// Sums of this many pixels are added to each other, so that a large picture's error does not grow with its size.
#define PIXELS_PER_SUM 256

static int64_t pool_plan(struct op *op) {
    op->units = op->pool.batch * parts(op->pool.channels, LANES);
    op->least = most(1, (1 << 14) / (op->pool.pixels * LANES + 1));
    return 0;
}

int64_t mean_plan(struct op *op) { return pool_plan(op); }
int64_t maximum_plan(struct op *op) { return pool_plan(op); }

static vec sum_of_pixels(const float *x, int64_t stride, int64_t count) {
    vec sum[4] = {zero(), zero(), zero(), zero()};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        UNROLL for (int j = 0; j < 4; j++) sum[j] += load(x + (i + j) * stride);
    }
    for (; i < count; i++) sum[0] += load(x + i * stride);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

void mean_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct pool *p = &op->pool;
    const int64_t vectors = parts(p->channels, LANES);
    for (int64_t unit = from; unit < to; unit++) {
        const int64_t picture = unit / vectors, channel = unit % vectors * LANES;
        const float *x = at(place, p->x.at) + picture * p->pixels * p->x.stride + channel;
        vec sum = zero();
        for (int64_t pixel = 0; pixel < p->pixels; pixel += PIXELS_PER_SUM)
            sum += sum_of_pixels(x + pixel * p->x.stride, p->x.stride, least(PIXELS_PER_SUM, p->pixels - pixel));
        store(at(place, p->y.at) + picture * p->y.stride + channel, sum / splat((float)p->pixels));
    }
}

void maximum_run(const struct op *op, const struct workplace *place, int64_t from, int64_t to) {
    const struct pool *p = &op->pool;
    const int64_t vectors = parts(p->channels, LANES);
    for (int64_t unit = from; unit < to; unit++) {
        const int64_t picture = unit / vectors, channel = unit % vectors * LANES;
        const float *x = at(place, p->x.at) + picture * p->pixels * p->x.stride + channel;
        vec max = load(x);
        for (int64_t pixel = 1; pixel < p->pixels; pixel++) {
            const vec next = larger(max, load(x + pixel * p->x.stride)); // next's not a number wins
            const ivec number = max == max;
            max = (vec)((number & (ivec)next) | (~number & (ivec)max)); // and stays
        }
        store(at(place, p->y.at) + picture * p->y.stride + channel, max);
    }
}
