// SPDX-License-Identifier: Apache-2.0
//
// Functions of whole rows. Grid (rows), block 256: one block for each row.
#include "storage.cuh"
#include "reduce.cuh"

#define WARPS 8

// Calls `use(value, column)` for the columns that are this thread's, in packs where rows allow it.
template <class Use>
__device__ inline void for_row(const real *x, int columns, bool packed, Use use) {
    if (packed) {
        const int packs = columns / PACK;
        for (int i = threadIdx.x; i < packs; i += blockDim.x) {
            const pack loaded = ((const pack *)x)[i];
#pragma unroll
            for (int j = 0; j < PACK; j++) use(widen(loaded.element[j]), i * PACK + j);
        }
    }
    for (int i = (packed ? columns / PACK * PACK : 0) + threadIdx.x; i < columns; i += blockDim.x) use(widen(x[i]), i);
}

// Writes `make(value, column)` over the same columns.
template <class Make>
__device__ inline void map_row(const real *x, real *y, int columns, bool packed, Make make) {
    if (packed) {
        const int packs = columns / PACK;
        for (int i = threadIdx.x; i < packs; i += blockDim.x) {
            pack loaded = ((const pack *)x)[i];
#pragma unroll
            for (int j = 0; j < PACK; j++) loaded.element[j] = narrow(make(widen(loaded.element[j]), i * PACK + j));
            ((pack *)y)[i] = loaded;
        }
    }
    for (int i = (packed ? columns / PACK * PACK : 0) + threadIdx.x; i < columns; i += blockDim.x) {
        y[i] = narrow(make(widen(x[i]), i));
    }
}

// (x - mean) / sqrt(variance + epsilon) * weight + bias, the variance around the mean and not by squares.
extern "C" __global__ void layer_norm(const real *x, int x_stride, real *y, int y_stride, const float *weight,
                                      const float *bias, int columns, float epsilon) {
    SHARED_FLOATS(shared, WARPS);
    x += (long long)blockIdx.x * x_stride;
    y += (long long)blockIdx.x * y_stride;
    const bool packed = in_packs(x, x_stride) && in_packs(y, y_stride);
    float total = 0.0f;
    for_row(x, columns, packed, [&](float value, int) { total += value; });
    const float mean = over_block<plus>(total, shared) / columns;
    float squares = 0.0f;
    for_row(x, columns, packed, [&](float value, int) { squares += (value - mean) * (value - mean); });
    const float factor = 1.0f / sqrtf(over_block<plus>(squares, shared) / columns + epsilon);
    map_row(x, y, columns, packed,
            [&](float value, int i) { return (value - mean) * factor * weight[i] + bias[i]; });
}

// exp(x) / sum of exp(x), both less the largest.
extern "C" __global__ void softmax(const real *x, int x_stride, real *y, int y_stride, int columns) {
    SHARED_FLOATS(shared, WARPS);
    x += (long long)blockIdx.x * x_stride;
    y += (long long)blockIdx.x * y_stride;
    const bool packed = in_packs(x, x_stride) && in_packs(y, y_stride);
    float largest = larger::identity();
    for_row(x, columns, packed, [&](float value, int) { largest = fmaxf(largest, value); });
    largest = over_block<larger>(largest, shared);
    float total = 0.0f;
    for_row(x, columns, packed, [&](float value, int) { total += expf(value - largest); });
    const float factor = 1.0f / over_block<plus>(total, shared);
    map_row(x, y, columns, packed, [&](float value, int) { return expf(value - largest) * factor; });
}

// x / length of x.
extern "C" __global__ void l2_normalize(const real *x, int x_stride, real *y, int y_stride, int columns) {
    SHARED_FLOATS(shared, WARPS);
    x += (long long)blockIdx.x * x_stride;
    y += (long long)blockIdx.x * y_stride;
    const bool packed = in_packs(x, x_stride) && in_packs(y, y_stride);
    float squares = 0.0f;
    for_row(x, columns, packed, [&](float value, int) { squares += value * value; });
    const float factor = 1.0f / sqrtf(over_block<plus>(squares, shared));
    map_row(x, y, columns, packed, [&](float value, int) { return value * factor; });
}
