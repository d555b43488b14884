// SPDX-License-Identifier: Apache-2.0
// What the processor can do at best: fused multiply-adds in registers, with no memory in the way.
#include "op.h"
#include "vec.h"

// Two units of four cycles' latency need eight chains to stay busy; more hide a hiccup, and sixteen registers hold these.
#define CHAINS 12

// Makes a value unknown to the compiler, so that nothing is computed in advance or left out.
#if defined(__x86_64__)
#define OPAQUE(v) __asm__ volatile("" : "+x"(v))
#elif defined(__aarch64__)
#define OPAQUE(v) __asm__ volatile("" : "+w"(v))
#else
#define OPAQUE(v) __asm__ volatile("" : "+m"(v))
#endif

// Does so many rounds on the calling thread; returns the floating-point operations of one round.
EXPORT int64_t avocet_peak(int64_t rounds) {
    vec chain[CHAINS], factor = splat(1), addend = splat(1e-30f);
    OPAQUE(factor);
    OPAQUE(addend);
    UNROLL for (int c = 0; c < CHAINS; c++) chain[c] = splat((float)c);
    for (int64_t i = 0; i < rounds; i++) {
        UNROLL for (int c = 0; c < CHAINS; c++) chain[c] = mul_add(chain[c], factor, addend);
    }
    UNROLL for (int c = 0; c < CHAINS; c++) OPAQUE(chain[c]);
    return 2 * CHAINS * LANES;
}
