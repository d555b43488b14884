// SPDX-License-Identifier: Apache-2.0
//
// Numbers as the simulated libraries keep and add them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sim {

enum class kind { F32, TF32, F16, BF16 };

inline size_t bytes_of(kind k) { return k == kind::F32 || k == kind::TF32 ? 4 : 2; }

inline float float_of_half(uint16_t half) {
    const int exponent = half >> 10 & 31, mantissa = half & 1023;
    const float size = exponent == 31 ? (mantissa ? NAN : INFINITY)
        : exponent == 0               ? std::ldexp((float)mantissa, -24)
                                      : std::ldexp((float)(mantissa + 1024), exponent - 25);
    return half & 0x8000 ? -size : size;
}

// The nearest, halves to even: nearbyint rounds so.
inline uint16_t half_of_float(float value) {
    const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    const float size = std::fabs(value);
    if (std::isnan(value)) return sign | 0x7E00;
    if (size >= 65520) return sign | 0x7C00;
    if (size == 0) return sign;
    const int exponent = std::max(std::ilogb(size), -14);
    const int steps = (int)std::nearbyint(std::ldexp(size, 10 - exponent)); // below 1024 where it is subnormal
    return (uint16_t)(sign + ((exponent + 14) << 10) + steps);
}

inline uint16_t bfloat_of_float(float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    if (std::isnan(value)) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

// A float as tensor cores read it: ten bits after the point.
inline float tf32_of_float(float value) {
    if (!std::isfinite(value)) return value;
    return std::bit_cast<float>((std::bit_cast<uint32_t>(value) + 0x1000) & ~0x1FFFu);
}

// An element as an engine reads it.
inline float as_read(kind k, const void *memory, size_t index) {
    if (bytes_of(k) == 4) {
        float value;
        memcpy(&value, (const char *)memory + 4 * index, 4);
        return k == kind::TF32 ? tf32_of_float(value) : value;
    }
    uint16_t bits;
    memcpy(&bits, (const char *)memory + 2 * index, 2);
    return k == kind::F16 ? float_of_half(bits) : std::bit_cast<float>((uint32_t)bits << 16);
}

inline void write(kind k, void *memory, size_t index, float value) {
    if (bytes_of(k) == 4) {
        memcpy((char *)memory + 4 * index, &value, 4);
        return;
    }
    const uint16_t bits = k == kind::F16 ? half_of_float(value) : bfloat_of_float(value);
    memcpy((char *)memory + 2 * index, &bits, 2);
}

// A number as an element of memory has it.
inline float rounded(kind k, float value) {
    return k == kind::F16 ? float_of_half(half_of_float(value))
        : k == kind::BF16 ? std::bit_cast<float>((uint32_t)bfloat_of_float(value) << 16)
                          : value;
}

// The sum of products in so many sums side by side, which are added in order: algorithms differ in how many they have.
template <int lanes> float dot(const float *a, const float *b, size_t count) {
    float sums[lanes] = {};
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (int lane = 0; lane < lanes; lane++) sums[lane] += a[i + lane] * b[i + lane];
    }
    for (; i < count; i++) sums[i % lanes] += a[i] * b[i];
    float sum = 0;
    for (const float each : sums) sum += each;
    return sum;
}

} // namespace sim
