// SPDX-License-Identifier: Apache-2.0
// Which instruction-set tiers this machine can run.
#include "op.h"

#define BASELINE 1
#define X86_64_V3 2
#define X86_64_V4 4

#if defined(__x86_64__)
#include <cpuid.h>

// The register states that the operating system saves: without them AVX is there but can't be used.
static uint32_t saved_states(void) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has(uint32_t found, uint32_t wanted) { return (found & wanted) == wanted; }

EXPORT int64_t avocet_tiers(void) {
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return BASELINE;
    if (!has(c, bit_FMA | bit_MOVBE | bit_OSXSAVE | bit_AVX | bit_F16C)) return BASELINE;
    if (!has(saved_states(), 0x6)) return BASELINE; // SSE and AVX
    if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || !has(c, bit_LZCNT)) return BASELINE;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !has(b, bit_AVX2 | bit_BMI | bit_BMI2)) return BASELINE;
    if (!has(b, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL)) return BASELINE | X86_64_V3;
    if (!has(saved_states(), 0xe6)) return BASELINE | X86_64_V3; // and the three parts of AVX-512
    return BASELINE | X86_64_V3 | X86_64_V4;
}

#else

EXPORT int64_t avocet_tiers(void) { return BASELINE; }

#endif
