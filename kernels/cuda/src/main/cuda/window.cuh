// SPDX-License-Identifier: Apache-2.0
#ifndef AVOCET_WINDOW_CUH
#define AVOCET_WINDOW_CUH

// How a convolution's kernel lies over pictures, channels last; a pixel is a row. Top and left are the padding before
// the first line and column; negative numbers cut them off.
struct window {
    int batch, height, width, channels;
    int out_height, out_width;
    int kernel_height, kernel_width, stride, top, left;
    int x_stride, y_stride, residual_stride;
};

#endif
