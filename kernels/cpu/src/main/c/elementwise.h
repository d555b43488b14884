// SPDX-License-Identifier: Apache-2.0
// What other kernels take from the element-wise ones.
#ifndef AVOCET_ELEMENTWISE_H
#define AVOCET_ELEMENTWISE_H

#include "op.h"
#include "vec.h"

// y = function(y + bias) + residual over rows of `vectors` vectors that lie in the nearest cache; bias and residual may be null.
void finish(int64_t function, const float *bias, const float *residual, int64_t residual_stride, float *y, int64_t y_stride,
            int64_t rows, int64_t vectors);

// The fewest rows that are worth a claim where each element takes a few operations.
int64_t rows_worth_claiming(int64_t columns);

// Where a row starts, given its number in C order over the outer axes and the floats between neighbours on each.
int64_t offset_of_row(int64_t row, const int64_t extent[OUTER_AXES], const int64_t step[OUTER_AXES]);

#endif
