// SPDX-License-Identifier: Apache-2.0
//
// Shared memory of a block, always floats. On a host, where kernels are tested, `shared_floats` checks every access.
#ifndef AVOCET_SHARED_CUH
#define AVOCET_SHARED_CUH

#ifdef __CUDACC_RTC__
typedef float *shared_floats;
#define SHARED_FLOATS(name, count) __shared__ float name[count]
#define DYNAMIC_FLOATS(name) extern __shared__ float name[]
#endif

#endif
