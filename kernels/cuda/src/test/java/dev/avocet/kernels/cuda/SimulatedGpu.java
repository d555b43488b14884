// SPDX-License-Identifier: Apache-2.0
package dev.avocet.kernels.cuda;

/** The GPUs that are simulated, in the order of world.h. */
enum SimulatedGpu {
    T4,
    A100,
    RTX_4090,
    H100,
    B200
}
