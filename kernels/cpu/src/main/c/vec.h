// SPDX-License-Identifier: Apache-2.0
// One vector of floats per instruction-set tier, and the few operations on it that plain C operators don't give.
//
//   x86-64-v4 (AVX-512)   16 lanes, 32 registers
//   x86-64-v3 (AVX2+FMA)   8 lanes, 16 registers
//   baseline               4 lanes: SSE2 (multiply, then add), NEON (fused), or whatever the compiler makes of it
//
// A tier's results are the same on every machine that has it: no operation here is an estimate.
#ifndef AVOCET_VEC_H
#define AVOCET_VEC_H

#include <stddef.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 32")

#if defined(__AVX512F__) || defined(__AVX2__)
#define _MM_MALLOC_H_INCLUDED // the one header behind immintrin.h that wants a C library
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

typedef float vec __attribute__((vector_size(LANES * 4)));
typedef int32_t ivec __attribute__((vector_size(LANES * 4)));
typedef float unaligned_vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

INLINE vec load(const float *p) { return *(const unaligned_vec *)p; }
INLINE void store(float *p, vec v) { *(unaligned_vec *)p = v; }
INLINE vec splat(float x) { return x - (vec){0}; } // x - 0 keeps the sign of a zero, x + 0 does not
INLINE vec zero(void) { return (vec){0}; }

// ------------------------------------------------------------------------------------------------ x86-64-v4
#if defined(__AVX512F__)

INLINE __mmask16 first_lanes(int64_t n) { return (__mmask16)((1u << n) - 1); }
INLINE vec load_first(const float *p, int64_t n) { return (vec)_mm512_maskz_loadu_ps(first_lanes(n), p); }
INLINE void store_first(float *p, vec v, int64_t n) { _mm512_mask_storeu_ps(p, first_lanes(n), (__m512)v); }
INLINE vec mul_add(vec a, vec b, vec c) { return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
INLINE vec smaller(vec a, vec b) { return (vec)_mm512_min_ps((__m512)a, (__m512)b); }
INLINE vec larger(vec a, vec b) { return (vec)_mm512_max_ps((__m512)a, (__m512)b); }

// a < b ? yes : no, lane by lane
INLINE vec if_less(vec a, vec b, vec yes, vec no) {
    return (vec)_mm512_mask_blend_ps(_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ), (__m512)no, (__m512)yes);
}

// ------------------------------------------------------------------------------------------------ x86-64-v3
#elif defined(__AVX2__)

INLINE __m256i first_lanes(int64_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vec load_first(const float *p, int64_t n) { return (vec)_mm256_maskload_ps(p, first_lanes(n)); }
INLINE void store_first(float *p, vec v, int64_t n) { _mm256_maskstore_ps(p, first_lanes(n), (__m256)v); }
INLINE vec mul_add(vec a, vec b, vec c) { return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
INLINE vec smaller(vec a, vec b) { return (vec)_mm256_min_ps((__m256)a, (__m256)b); }
INLINE vec larger(vec a, vec b) { return (vec)_mm256_max_ps((__m256)a, (__m256)b); }
INLINE vec if_less(vec a, vec b, vec yes, vec no) {
    return (vec)_mm256_blendv_ps((__m256)no, (__m256)yes, _mm256_cmp_ps((__m256)a, (__m256)b, _CMP_LT_OQ));
}

// ------------------------------------------------------------------------------------------------ baseline
#else

INLINE vec load_first(const float *p, int64_t n) {
    vec v = zero();
    for (int64_t i = 0; i < n; i++) v[i] = p[i];
    return v;
}
INLINE void store_first(float *p, vec v, int64_t n) {
    for (int64_t i = 0; i < n; i++) p[i] = v[i];
}
INLINE vec if_less(vec a, vec b, vec yes, vec no) {
    ivec where = a < b;
    return (vec)((where & (ivec)yes) | (~where & (ivec)no));
}
// Where a lane of either is not a number the second operand is the result, as on x86.
INLINE vec smaller(vec a, vec b) { return if_less(a, b, a, b); }
INLINE vec larger(vec a, vec b) { return if_less(b, a, a, b); }
#if defined(__ARM_NEON)
INLINE vec mul_add(vec a, vec b, vec c) { return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
#else
INLINE vec mul_add(vec a, vec b, vec c) { return a * b + c; }
#endif

#endif

// ------------------------------------------------------------------------------------------------ all tiers

INLINE vec absolute(vec x) { return (vec)((ivec)x & 0x7fffffff); }
INLINE vec with_sign_of(vec magnitude, vec sign) { return (vec)((ivec)magnitude | ((ivec)sign & INT32_MIN)); }

#define TO_WHOLE 12582912.0f // 1.5 * 2^23: adding it rounds to a whole number, subtracting it gives that back

// 2^n for -127 < n < 128, and 0 for n = -127, given n + TO_WHOLE, whose last bits are those of n.
INLINE vec power_of_two(vec shifted) { return (vec)(((ivec)shifted << 23) + (127 << 23)); }

// sum += a * b, in the register where the sum is. Left to themselves, compilers move a dozen sums around in a loop, and spill some.
INLINE void add_product(vec *sum, vec a, vec b) {
#if defined(__FMA__)
    __asm__("vfmadd231ps %2, %1, %0" : "+v"(*sum) : "v"(a), "v"(b));
#else
    *sum = mul_add(a, b, *sum);
#endif
}

// Lanes from n on as zeros.
INLINE vec only_first(vec v, int64_t n) {
    ivec lane;
    for (int i = 0; i < LANES; i++) lane[i] = i;
    return (vec)((ivec)v & (lane < (int32_t)n));
}

#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (ivec){__VA_ARGS__})
#endif

// Each lane of a followed by the same lane of b: the lower half of these pairs, and the upper half.
#if LANES == 16
INLINE vec zip_low(vec a, vec b) { return SHUFFLE(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23); }
INLINE vec zip_high(vec a, vec b) { return SHUFFLE(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31); }
#elif LANES == 8
INLINE vec zip_low(vec a, vec b) { return SHUFFLE(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
INLINE vec zip_high(vec a, vec b) { return SHUFFLE(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
#else
INLINE vec zip_low(vec a, vec b) { return SHUFFLE(a, b, 0, 4, 1, 5); }
INLINE vec zip_high(vec a, vec b) { return SHUFFLE(a, b, 2, 6, 3, 7); }
#endif

// Turns LANES rows into LANES columns: as often as LANES has bits, row i and the row half the square below it are zipped.
INLINE void transpose_square(vec row[LANES]) {
    UNROLL for (int step = 1; step < LANES; step *= 2) {
        vec zipped[LANES];
        UNROLL for (int i = 0; i < LANES / 2; i++) {
            zipped[2 * i] = zip_low(row[i], row[i + LANES / 2]);
            zipped[2 * i + 1] = zip_high(row[i], row[i + LANES / 2]);
        }
        UNROLL for (int i = 0; i < LANES; i++) row[i] = zipped[i];
    }
}

// Folds the upper half onto the lower until one lane is left: one fixed order per tier.
INLINE float sum_of(vec v) {
    float lane[LANES];
    store(lane, v);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}
INLINE float max_of(vec v) {
    float lane[LANES];
    store(lane, v);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
    return lane[0];
}

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
INLINE int64_t parts(int64_t whole, int64_t part) { return (whole + part - 1) / part; }

INLINE void prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }
INLINE void prefetch_far(const void *p) { __builtin_prefetch(p, 0, 2); }
INLINE void prefetch_to_write(const void *p) { __builtin_prefetch(p, 1, 3); }

#endif
