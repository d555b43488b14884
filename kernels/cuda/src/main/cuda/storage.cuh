// SPDX-License-Identifier: Apache-2.0
//
// How numbers are kept: `real` is the type of weights and activations, chosen by one of STORAGE_F32, STORAGE_F16 and
// STORAGE_BF16. All arithmetic is in float.
#ifndef AVOCET_STORAGE_CUH
#define AVOCET_STORAGE_CUH

#if defined(STORAGE_F32)

typedef float real;
__device__ inline float widen(real x) { return x; }
__device__ inline real narrow(float x) { return x; }

#elif defined(STORAGE_F16)

struct real {
    unsigned short bits; // IEEE 754 binary16
};

__device__ inline float widen(real x) {
#ifdef __CUDA_ARCH__
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
    return y;
#else
    return host_float_of_half(x.bits);
#endif
}

// The nearest, halves to even.
__device__ inline real narrow(float x) {
    real y;
#ifdef __CUDA_ARCH__
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
#else
    y.bits = host_half_of_float(x);
#endif
    return y;
}

#elif defined(STORAGE_BF16)

struct real {
    unsigned short bits; // the upper half of a float
};

__device__ inline float widen(real x) { return __uint_as_float((unsigned)x.bits << 16); }

// The nearest, halves to even; a NaN stays one.
__device__ inline real narrow(float x) {
    const unsigned bits = __float_as_uint(x);
    real y;
    y.bits = x != x ? (bits >> 16) | 0x40 : (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    return y;
}

#else
#error "one of STORAGE_F32, STORAGE_F16 and STORAGE_BF16 must be defined"
#endif

// As many elements as one load of 16 bytes brings.
#define PACK (16 / (int)sizeof(real))

struct alignas(16) pack {
    real element[PACK];
};

// Whether rows that begin here, so many elements apart, may be read and written in packs.
__device__ inline bool in_packs(const void *start, int stride) {
    return (unsigned long long)start % sizeof(pack) == 0 && stride % PACK == 0;
}

#endif
