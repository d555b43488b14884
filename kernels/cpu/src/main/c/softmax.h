// SPDX-License-Identifier: Apache-2.0
// Softmax of one row in two passes: the largest score, then the exponentials and their sum.
#ifndef AVOCET_SOFTMAX_H
#define AVOCET_SOFTMAX_H

#include "vmath.h"

// y[i] = e^(s[i] - max s) with s[i] = smaller of x[i] * scale and bound[i]; returns the sum of y. The rows are whole vectors: where
// the bound is -infinity y is exactly 0, so such columns change nothing. x and y may be the same.
//
// Column i always adds to lane i of the sum, so columns of zeros at the end do not change its order either.
INLINE float softmax_row(const float *x, const float *bound, float scale, int64_t columns, float *y) {
    vec largest = splat(-__builtin_inff());
    for (int64_t i = 0; i < columns; i += LANES)
        largest = larger(largest, smaller(load(x + i) * splat(scale), load(bound + i)));
    const vec max = splat(max_of(largest));
    vec sum = zero();
    for (int64_t i = 0; i < columns; i += LANES) {
        const vec e = exp_of(smaller(load(x + i) * splat(scale), load(bound + i)) - max);
        store(y + i, e);
        sum += e;
    }
    return sum_of(sum);
}

#endif
