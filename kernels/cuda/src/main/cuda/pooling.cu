// SPDX-License-Identifier: Apache-2.0
//
// One value for each channel of a picture. Grid (ceil(channels / 32), pictures), block (32, 8): a thread for each
// channel and every eighth pixel.
#include "storage.cuh"
#include "reduce.cuh"

#define CHANNELS 32
#define LINES 8

// What all pixels of the thread's channel give, joined; threads of the first line have it.
template <class Operation>
__device__ float over_pixels(const real *x, int x_stride, int pixels, int channels) {
    SHARED_FLOATS(shared, LINES * CHANNELS);
    const int channel = blockIdx.x * CHANNELS + threadIdx.x;
    float joined = Operation::identity();
    if (channel < channels) {
        x += (long long)blockIdx.y * pixels * x_stride + channel;
        for (int pixel = threadIdx.y; pixel < pixels; pixel += LINES) {
            joined = Operation::join(joined, widen(x[(long long)pixel * x_stride]));
        }
    }
    shared[threadIdx.y * CHANNELS + threadIdx.x] = joined;
    __syncthreads();
    if (threadIdx.y == 0) {
        for (int line = 1; line < LINES; line++) joined = Operation::join(joined, shared[line * CHANNELS + threadIdx.x]);
    }
    return joined;
}

__device__ inline void put(real *y, int y_stride, int channels, float value) {
    const int channel = blockIdx.x * CHANNELS + threadIdx.x;
    if (threadIdx.y == 0 && channel < channels) y[(long long)blockIdx.y * y_stride + channel] = narrow(value);
}

extern "C" __global__ void mean(const real *x, int x_stride, real *y, int y_stride, int pixels, int channels) {
    put(y, y_stride, channels, over_pixels<plus>(x, x_stride, pixels, channels) / pixels);
}

extern "C" __global__ void maximum(const real *x, int x_stride, real *y, int y_stride, int pixels, int channels) {
    put(y, y_stride, channels, over_pixels<larger>(x, x_stride, pixels, channels));
}
