// SPDX-License-Identifier: Apache-2.0
#include "storage.cuh"
#include "activation.cuh"
#include "shared.cuh"
#include "window.cuh"

#define LANES 32
#define COLUMNS 8
#define CHANNELS (4 / (int)sizeof(real)) // neighbours of one thread: as many as a load of four bytes brings

// Each channel of x convolved with its own kernel: y = function(convolution + bias) + residual.
//
// weight [kernel_height*kernel_width, channels]; bias and residual may be null. Where `sums` is not null, it becomes
// [batch, strips, channels]: what the pixels of each strip of so many lines of y add up to, for the squeeze that follows.
// Grid (ceil(channels / (32 * CHANNELS)), strips, batch), block (32, 8): a block makes a strip of y for its channels,
// each thread every eighth pixel of it.
extern "C" __global__ void depthwise(const real *x, const real *weight, const float *bias, const real *residual,
                                     real *y, float *sums, int lines, window w, int function) {
    SHARED_FLOATS(shared, COLUMNS * LANES * CHANNELS);
    const int first = (blockIdx.x * LANES + threadIdx.x) * CHANNELS;
    const int count = w.channels - first < CHANNELS ? w.channels - first : CHANNELS;
    const int start = (int)blockIdx.y * lines;
    const int pixels = (w.out_height - start < lines ? w.out_height - start : lines) * w.out_width;
    const long long picture = blockIdx.z;
    float total[CHANNELS] = {};
    for (int i = threadIdx.y; i < pixels; i += COLUMNS) {
        const int line = start + i / w.out_width, column = i % w.out_width;
        float result[CHANNELS] = {};
        for (int c = 0; c < count; c++) result[c] = bias ? bias[first + c] : 0.0f;
        for (int k = 0; k < w.kernel_height; k++) {
            const int down = line * w.stride - w.top + k;
            if (down < 0 || down >= w.height) continue;
            for (int j = 0; j < w.kernel_width; j++) {
                const int across = column * w.stride - w.left + j;
                if (across < 0 || across >= w.width) continue;
                const real *pixel = x + ((picture * w.height + down) * w.width + across) * w.x_stride + first;
                const real *tap = weight + (long long)(k * w.kernel_width + j) * w.channels + first;
                for (int c = 0; c < count; c++) result[c] = fmaf(widen(pixel[c]), widen(tap[c]), result[c]);
            }
        }
        const long long row = (picture * w.out_height + line) * w.out_width + column;
        for (int c = 0; c < count; c++) {
            float value = activated(result[c], function);
            if (residual) value += widen(residual[row * w.residual_stride + first + c]);
            y[row * w.y_stride + first + c] = narrow(value);
            total[c] += value;
        }
    }
    if (!sums) return;
    const int own = threadIdx.x * CHANNELS;
    for (int c = 0; c < CHANNELS; c++) shared[threadIdx.y * LANES * CHANNELS + own + c] = total[c];
    __syncthreads();
    if (threadIdx.y > 0) return;
    for (int c = 0; c < count; c++) {
        float all = 0.0f;
        for (int part = 0; part < COLUMNS; part++) all += shared[part * LANES * CHANNELS + own + c];
        sums[(picture * gridDim.y + blockIdx.y) * w.channels + first + c] = all;
    }
}
