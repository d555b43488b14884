// SPDX-License-Identifier: Apache-2.0
// Softmax of one row in two passes: the largest score, then the exponentials and their sum.
#ifndef AVOCET_SOFTMAX_H
#define AVOCET_SOFTMAX_H

#include "vmath.h"

// The score in column i: x * scale, or the bound where that is smaller.
INLINE vec scores(const float *x, const float *bound, float scale, int64_t i) {
    const vec score = load(x + i) * splat(scale);
    return bound ? smaller(score, load(bound + i)) : score;
}

INLINE vec largest_of(const float *x, const float *bound, float scale, int64_t from, int64_t to, vec largest) {
    vec more[4] = {largest, largest, largest, largest};
    for (; from + 4 * LANES <= to; from += 4 * LANES) {
        UNROLL for (int j = 0; j < 4; j++) more[j] = larger(scores(x, bound, scale, from + j * LANES), more[j]);
    }
    for (; from < to; from += LANES) more[0] = larger(scores(x, bound, scale, from), more[0]);
    return larger(larger(more[0], more[1]), larger(more[2], more[3]));
}

INLINE vec exponentials(const float *x, const float *bound, float scale, vec max, int64_t from, int64_t to, float *y, vec sum) {
    for (; from < to; from += LANES) {
        const vec e = exp_of_negative(scores(x, bound, scale, from) - max);
        store(y + from, e);
        sum += e;
    }
    return sum;
}

// y[i] = e^(s[i] - max s), where s[i] is the smaller of x[i] * scale and bound[i]; returns the sum of y. The first `unbounded`
// columns, whole vectors, are known to have no bound. The rows are whole vectors: where the bound is -infinity y is exactly 0, so
// columns beyond a row's end change nothing. x and y may be the same.
//
// Column i always adds to lane i of the sum, so zeros at the end do not change its order either.
INLINE float softmax_row(const float *x, const float *bound, int64_t unbounded, float scale, int64_t columns, float *y) {
    vec largest = largest_of(x, 0, scale, 0, unbounded, splat(-__builtin_inff()));
    const vec max = splat(max_of(largest_of(x, bound, scale, unbounded, columns, largest)));
    const vec sum = exponentials(x, 0, scale, max, 0, unbounded, y, zero());
    return sum_of(exponentials(x, bound, scale, max, unbounded, columns, y, sum));
}

#endif
