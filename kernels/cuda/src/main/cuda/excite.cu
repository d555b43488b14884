// SPDX-License-Identifier: Apache-2.0
//
// Products of few rows, where reading the weights is all the work. Grid (ceil(outputs / 8), rows), block (32, 8): a
// warp for each result.
#include "storage.cuh"
#include "activation.cuh"
#include "reduce.cuh"

#define WARPS 8

// The dot product of a row of the weight [outputs, inputs] with what `x(i)` gives; the first thread of the warp has it.
template <class X>
__device__ inline float dot(const real *weight, int weight_stride, int output, int inputs, X x) {
    weight += (long long)output * weight_stride;
    float sum = 0.0f;
    if (in_packs(weight, weight_stride)) {
        const int packs = inputs / PACK;
        for (int i = threadIdx.x; i < packs; i += WARP) {
            const pack loaded = ((const pack *)weight)[i];
#pragma unroll
            for (int j = 0; j < PACK; j++) sum = fmaf(widen(loaded.element[j]), x(i * PACK + j), sum);
        }
        for (int i = packs * PACK + threadIdx.x; i < inputs; i += WARP) sum = fmaf(widen(weight[i]), x(i), sum);
    } else {
        for (int i = threadIdx.x; i < inputs; i += WARP) sum = fmaf(widen(weight[i]), x(i), sum);
    }
    return over_warp<plus>(sum);
}

__device__ inline void put(real *y, float sum, const real *bias, int output, int function) {
    if (threadIdx.x == 0) y[output] = narrow(activated(sum + (bias ? widen(bias[output]) : 0.0f), function));
}

// y = function(x * weight^T + bias); bias may be null.
extern "C" __global__ void few_rows(const real *x, int x_stride, const real *weight, int weight_stride,
                                    const real *bias, real *y, int y_stride, int inputs, int outputs, int function) {
    const int output = blockIdx.x * WARPS + threadIdx.y;
    if (output >= outputs) return;
    x += (long long)blockIdx.y * x_stride;
    y += (long long)blockIdx.y * y_stride;
    put(y, dot(weight, weight_stride, output, inputs, [&](int i) { return widen(x[i]); }), bias, output, function);
}

// The same where x is the mean over the pixels of each channel, given the sums of the lines, [pictures, lines, inputs].
// Every warp adds the lines up for itself: there are few, and the adding hides behind reading the weight.
extern "C" __global__ void squeeze(const float *sums, int lines, int pixels, const real *weight, int weight_stride,
                                   const real *bias, real *y, int y_stride, int inputs, int outputs, int function) {
    const int output = blockIdx.x * WARPS + threadIdx.y;
    if (output >= outputs) return;
    sums += (long long)blockIdx.y * lines * inputs;
    y += (long long)blockIdx.y * y_stride;
    const float factor = 1.0f / pixels;
    const auto mean = [&](int i) {
        float all = 0.0f;
        for (int line = 0; line < lines; line++) all += sums[(long long)line * inputs + i];
        return all * factor;
    };
    put(y, dot(weight, weight_stride, output, inputs, mean), bias, output, function);
}
