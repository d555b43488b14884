// SPDX-License-Identifier: Apache-2.0
/** The CUDA backend: bindings, lowering, and the plans that replay one CUDA graph per inference. */
package dev.avocet.kernels.cuda;
