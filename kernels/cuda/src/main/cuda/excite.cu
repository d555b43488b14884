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

// The means over the pixels of each channel, given the sums of the strips, [strips, channels]: the first of them in
// `mean`, which has room for as many floats as the block has threads, or for all channels if there are more.
__device__ inline void means(shared_floats mean, const float *sums, int strips, int pixels, int channels) {
    const int threads = blockDim.x * blockDim.y, thread = threadIdx.y * blockDim.x + threadIdx.x;
    const int parts = threads > channels ? threads / channels : 1;
    for (int at = thread; at < parts * channels; at += threads) {
        float part = 0.0f;
        for (int strip = at / channels; strip < strips; strip += parts) part += sums[(long long)strip * channels + at % channels];
        mean[at] = part;
    }
    __syncthreads();
    const float factor = 1.0f / pixels;
    for (int i = thread; i < channels; i += threads) {
        float all = 0.0f;
        for (int part = 0; part < parts; part++) all += mean[part * channels + i];
        mean[i] = all * factor;
    }
    __syncthreads();
}

// few_rows where x is the mean over the pixels of each channel, given the sums of the strips, [pictures, strips, inputs].
extern "C" __global__ void squeeze(const float *sums, int strips, int pixels, const real *weight, int weight_stride,
                                   const real *bias, real *y, int y_stride, int inputs, int outputs, int function) {
    DYNAMIC_FLOATS(mean);
    means(mean, sums + (long long)blockIdx.y * strips * inputs, strips, pixels, inputs);
    const int output = blockIdx.x * WARPS + threadIdx.y;
    if (output >= outputs) return;
    y += (long long)blockIdx.y * y_stride;
    put(y, dot(weight, weight_stride, output, inputs, [&](int i) -> float { return mean[i]; }), bias, output, function);
}

// Both products of squeeze-and-excitation: y = gate(expand * squeezed(reduce * means)), where `reduce` is [width, channels]
// and `expand` [channels, width]. A block for each picture, which pays while both weights are small. Grid (pictures),
// block (32, 16).
extern "C" __global__ void excite(const float *sums, int strips, int pixels, const real *reduce, int reduce_stride,
                                  const real *reduce_bias, const real *expand, int expand_stride,
                                  const real *expand_bias, real *y, int y_stride, int channels, int width,
                                  int squeezed, int gate) {
    DYNAMIC_FLOATS(mean);
    const int threads = blockDim.x * blockDim.y, thread = threadIdx.y * blockDim.x + threadIdx.x;
    const shared_floats hidden = mean + (threads > channels ? threads : channels);
    means(mean, sums + (long long)blockIdx.x * strips * channels, strips, pixels, channels);
    for (int output = threadIdx.y; output < width; output += blockDim.y) {
        const float sum = dot(reduce, reduce_stride, output, channels, [&](int i) -> float { return mean[i]; });
        if (threadIdx.x == 0) hidden[output] = activated(sum + (reduce_bias ? widen(reduce_bias[output]) : 0.0f), squeezed);
    }
    __syncthreads();
    y += (long long)blockIdx.x * y_stride;
    for (int output = thread; output < channels; output += threads) {
        const real *row = expand + (long long)output * expand_stride;
        float sum = expand_bias ? widen(expand_bias[output]) : 0.0f;
        const int packed = in_packs(expand, expand_stride) ? width / PACK * PACK : 0;
        for (int i = 0; i < packed; i += PACK) {
            const pack loaded = *(const pack *)(row + i);
#pragma unroll
            for (int j = 0; j < PACK; j++) sum = fmaf(widen(loaded.element[j]), hidden[i + j], sum);
        }
        for (int i = packed; i < width; i++) sum = fmaf(widen(row[i]), hidden[i], sum);
        y[output] = narrow(activated(sum, gate));
    }
}
