// SPDX-License-Identifier: Apache-2.0
// Exponential, tanh, the normal distribution's tail and what activations make of them, on vectors.
//
// Largest errors against float64, in units in the last place, where the result is a normal float, on every tier (a test holds them):
// exp 1.2, tanh 2, sigmoid 3, swish 3, gelu 6 (also in its lower tail, where x/2 * (1 + erf(x / sqrt 2)) has no digits left).
//
// Not-a-numbers stay, infinities give the limits, results too small for a normal float may lose their last bits. Below -88.3 sigmoid
// is 0, and swish is -4e-37.
// The polynomials are minimax fits made for these intervals.
#ifndef AVOCET_VMATH_H
#define AVOCET_VMATH_H

#include "op.h"
#include "vec.h"

#define LOG2_E 1.44269504f
#define LN_2_HIGH 0.693359375f // 9 bits: a multiple by any exponent is exact
#define LN_2_LOW -2.12194440e-4f

// Where e^x and its power of two are normal floats; e^ZERO_POWER is 0, because 2^-127 is (see power_of_two).
#define SMALLEST_POWER -87.3365f
#define LARGEST_POWER 88.3f
#define ZERO_POWER -88.0f

// x in powers of two as a whole number, plus TO_WHOLE
INLINE vec nearest_power(vec x) { return mul_add(x, splat(LOG2_E), splat(TO_WHOLE)); }

INLINE vec without_power(vec x, vec shifted) {
    const vec n = shifted - splat(TO_WHOLE);
    return mul_add(n, splat(-LN_2_LOW), mul_add(n, splat(-LN_2_HIGH), x));
}

// e^r for |r| <= ln(2)/2
INLINE vec exp_near_zero(vec r) {
    vec p = splat(1.3814467e-3f);
    p = mul_add(p, r, splat(8.3687804e-3f));
    p = mul_add(p, r, splat(4.1668394e-2f));
    p = mul_add(p, r, splat(1.6666520e-1f));
    p = mul_add(p, r, splat(0.49999993f));
    p = mul_add(p, r, splat(1));
    return mul_add(p, r, splat(1));
}

// e^r * 2^n, given n + TO_WHOLE
INLINE vec exp_from(vec r, vec shifted) { return exp_near_zero(r) * power_of_two(shifted); }

// For x <= LARGEST_POWER; 0 where the result is too small for a normal float.
INLINE vec exp_of_negative(vec x) {
    const vec limited = larger(splat(ZERO_POWER), x), shifted = nearest_power(limited);
    return exp_from(without_power(limited, shifted), shifted);
}

// 1 + e^x for x between SMALLEST_POWER and LARGEST_POWER.
INLINE vec one_plus_exp(vec x) {
    const vec shifted = nearest_power(x);
    return mul_add(exp_near_zero(without_power(x, shifted)), power_of_two(shifted), splat(1));
}

INLINE vec tanh_of(vec x) {
    vec size = absolute(x);
    vec square = x * x;
    vec p = splat(-5.7049870e-3f);
    p = mul_add(p, square, splat(2.0639087e-2f));
    p = mul_add(p, square, splat(-5.3739715e-2f));
    p = mul_add(p, square, splat(1.3331442e-1f));
    p = mul_add(p, square, splat(-3.3333282e-1f));
    vec near_zero = mul_add(x * square, p, x);
    vec elsewhere = splat(1) - splat(2) / one_plus_exp(smaller(splat(LARGEST_POWER), size + size));
    return if_less(size, splat(0.625f), near_zero, with_sign_of(elsewhere, x));
}

// x / (1 + e^-slope): 0 where the power overflows
INLINE vec gated(vec x, vec slope) {
    const vec limited = smaller(splat(-SMALLEST_POWER), larger(splat(-LARGEST_POWER), slope));
    return if_less(slope, splat(-LARGEST_POWER), zero(), x / one_plus_exp(-limited));
}

// x / (1 + e^-x)
INLINE vec swish_of(vec x) {
    const vec limited = larger(splat(-LARGEST_POWER), x);
    return limited / one_plus_exp(-smaller(splat(-SMALLEST_POWER), limited));
}

#define GELU_TAIL 13.27f // beyond, no normal float is left of it; e^(-t*t/2) is 0 there

// x * Phi(x). The tail Phi(-t) is e^(-t*t/2) * p(v) / (t + 2.5) with v = (t - 2.5) / (t + 2.5); t*t is split so that its
// rounding does not reach the exponential.
INLINE vec gelu_of(vec x) {
    vec t = smaller(splat(GELU_TAIL), absolute(x));
    vec w = splat(1) / (t + splat(2.5f));
    vec v = (t - splat(2.5f)) * w;
    vec p = splat(-1.5726634e-4f);
    p = mul_add(p, v, splat(-3.1086430e-4f));
    p = mul_add(p, v, splat(6.8434428e-4f));
    p = mul_add(p, v, splat(2.5232966e-3f));
    p = mul_add(p, v, splat(-1.6009610e-3f));
    p = mul_add(p, v, splat(-1.6386021e-2f));
    p = mul_add(p, v, splat(9.2359148e-3f));
    p = mul_add(p, v, splat(1.3198697e-1f));
    p = mul_add(p, v, splat(-4.3369201e-1f));
    p = mul_add(p, v, splat(7.0665666e-1f));
    vec high = (vec)((ivec)t & ~0xfff);
    vec exponent = high * high * splat(-0.5f);
    vec n = nearest_power(exponent);
    vec r = mul_add((t - high) * (t + high), splat(-0.5f), without_power(exponent, n));
    return larger(zero(), x) - t * p * w * exp_from(r, n);
}

INLINE vec activate(int64_t function, vec x) {
    switch (function) {
    case GELU: return gelu_of(x);
    case GELU_TANH: return gated(x, mul_add(x * x * x, splat(0.07135481627f), x * splat(1.595769122f)));
    case QUICK_GELU: return gated(x, x * splat(1.702f));
    case SWISH: return swish_of(x);
    case SIGMOID: return gated(splat(1), x);
    case TANH: return tanh_of(x);
    case RELU: return larger(zero(), x); // not a number stays: the second operand wins
    default: return x;
    }
}

#endif
