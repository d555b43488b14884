// SPDX-License-Identifier: Apache-2.0
// The checksum of kept weights, as fast as memory is read.
#include "vec.h"
#include "op.h"

typedef uint64_t words __attribute__((vector_size(64)));

// Fletcher's two sums in 64 bits, for each of eight columns of words: any change within one word shows, and any two words that changed
// places. Other damage goes unseen once in 2^64 or so. The same on every tier.
EXPORT int64_t avocet_checksum(const words *data, int64_t bytes) {
    words sum = {0}, sums = {0};
    for (int64_t i = 0; i < bytes / (int64_t)sizeof(words); i++) {
        __builtin_prefetch((const char *)(data + i) + 2048);
        sum += data[i];
        sums += sum;
    }
    uint64_t all = (uint64_t)bytes;
    for (int column = 0; column < 8; column++) {
        all = (all ^ sum[column]) * 0x9e3779b97f4a7c15u;
        all = (all ^ all >> 32 ^ sums[column]) * 0x9e3779b97f4a7c15u;
    }
    return (int64_t)(all ^ all >> 32);
}
