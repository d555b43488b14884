// SPDX-License-Identifier: Apache-2.0
#include "storage.cuh"
#include "window.cuh"

// The pixels under each output's kernel as a row [kernel_height,kernel_width,channels], zeros outside of the picture: a
// convolution is then a product. Grid (ceil(elements of y / 256)), block 256.
extern "C" __global__ void windows(const real *x, real *y, window w) {
    const long long index = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    const int row_elements = w.kernel_height * w.kernel_width * w.channels;
    const long long row = index / row_elements;
    if (row >= (long long)w.batch * w.out_height * w.out_width) return;
    const int element = (int)(index % row_elements);
    const int channel = element % w.channels;
    const int tap = element / w.channels;
    const int across = (int)(row % w.out_width) * w.stride - w.left + tap % w.kernel_width;
    const int down = (int)(row / w.out_width % w.out_height) * w.stride - w.top + tap / w.kernel_width;
    const long long picture = row / w.out_width / w.out_height;
    const bool inside = across >= 0 && across < w.width && down >= 0 && down < w.height;
    y[row * w.y_stride + element] =
        inside ? x[((picture * w.height + down) * w.width + across) * w.x_stride + channel] : narrow(0.0f);
}
