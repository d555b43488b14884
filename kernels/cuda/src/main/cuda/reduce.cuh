// SPDX-License-Identifier: Apache-2.0
//
// Sums and maxima over the threads of a warp and of a block, in an order that depends on nothing but their number.
#ifndef AVOCET_REDUCE_CUH
#define AVOCET_REDUCE_CUH

#include "shared.cuh"

#define WARP 32
#define WHOLE_WARP 0xFFFFFFFFu

struct plus {
    static __device__ float identity() { return 0.0f; }
    static __device__ float join(float a, float b) { return a + b; }
};

struct larger {
    static __device__ float identity() { return -__int_as_float(0x7F800000); }
    static __device__ float join(float a, float b) { return fmaxf(a, b); }
};

// What all threads of the warp give, joined; every one of them gets it.
template <class Operation>
__device__ float over_warp(float x) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        x = Operation::join(x, __shfl_xor_sync(WHOLE_WARP, x, distance));
    }
    return x;
}

// What all threads of a one-dimensional block of whole warps give, joined; every one of them gets it. `shared` has a
// place for each warp, and may be used again after the call.
template <class Operation>
__device__ float over_block(float x, shared_floats shared) {
    const int warps = blockDim.x / WARP;
    x = over_warp<Operation>(x);
    if (threadIdx.x % WARP == 0) shared[threadIdx.x / WARP] = x;
    __syncthreads();
    x = over_warp<Operation>((int)threadIdx.x % WARP < warps ? shared[threadIdx.x % WARP] : Operation::identity());
    __syncthreads();
    return x;
}

#endif
