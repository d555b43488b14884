// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cpu;

/** The native kernels, in the order of op.h. */
enum Kernel {
    LINEAR,
    PACK,
    CONVOLUTION,
    DEPTHWISE,
    ATTENTION,
    PACKED_ATTENTION,
    LAYER_NORM,
    SOFTMAX,
    L2_NORMALIZE,
    EMBEDDING,
    ACTIVATE,
    SCALE,
    ADD,
    MULTIPLY,
    MEAN,
    MAXIMUM,
    PATCHIFY,
    COPY,
    TRANSPOSE,
    RESHAPE
}
